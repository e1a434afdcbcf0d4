import { isErrorCode } from '@sluice/contract';
import { isSluiceError, SluiceError } from '../errors.ts';
import type { HeldApproval } from '../approval/index.ts';
import type { StatementRequest } from '../gate.ts';
import {
  type EndOfStatement,
  endNobodySaw,
  endOnRecord,
  type OpenStatement,
  type OpenStatementsReader,
  type OpenStatementsStore,
  type RecordReaders,
  sentAs,
} from '../recording/index.ts';
import type { Relays, RelaysReader, RelaysStore } from '../relays.ts';
import type { Session, SessionId } from '../session/index.ts';
import type { Transaction, UnitOfWork } from '../unit-of-work.ts';
import type { QueryOrder } from './query.ts';
import { keyOf, type StatementOrder } from './statement-order.ts';

/**
 * What there is to say of statements that this relay does not have: another has them, or had them, or they are only on the
 * record. Nothing is ever run for it.
 */
export interface Elsewhere {
  /**
   * What a request id was sent for before, to whichever relay. Null when the session's record has none such.
   *
   * @throws SluiceError `duplicate_request` when it was another text.
   */
  repeated(order: QueryOrder): Promise<SentBefore | null>;
  /** As `SentBefore.take`, for a statement's id. @throws `result_unavailable`, too, when the session has none such. */
  find(session: Session, statement: string): Promise<StatementRequest>;
  /**
   * The same for whoever has no session to say, of the sessions that are theirs.
   *
   * @param isOwn whether a session is theirs.
   */
  findOwn(isOwn: (session: Session) => boolean, statement: string): Promise<StatementRequest>;
  /** The statements that wait for people, and whose relay is gone. */
  left(): Promise<readonly string[]>;
  /** Makes these of them this relay's to go on with. */
  takeLeft(which: (statement: string) => boolean): Promise<readonly StatementRequest[]>;
  /** Has whichever relay has it stop it, if it is the requester's. */
  stop(order: Omit<Extract<StatementOrder, { order: 'stop' }>, 'order'>): Promise<void>;
}

export interface SentBefore {
  /** The id that the record has it under. */
  readonly statement: string;
  /**
   * A statement that waits for people, whose relay is gone: from now on it is this relay's to go on with.
   *
   * @throws SluiceError `statement_elsewhere` while another relay has it; else what became of it.
   */
  take(): Promise<StatementRequest>;
}

export interface ElsewhereOptions {
  readonly store: RecordReaders & {
    readonly openStatements: OpenStatementsReader;
    readonly relays: RelaysReader;
  } & UnitOfWork<
      Transaction & { readonly openStatements: OpenStatementsStore; readonly relays: RelaysStore }
    >;
  readonly relays: Pick<Relays, 'self' | 'isAlone' | 'isThere' | 'sentTo'>;
  /** Statements that wait for people. */
  readonly held: {
    all(): Promise<readonly HeldApproval[]>;
    of(statement: string): Promise<HeldApproval | null>;
  };
  /** An open session, or null. */
  readonly session: (id: SessionId) => Promise<Session | null>;
}

export function createElsewhere({ store, relays, held, session: find }: ElsewhereOptions): Elsewhere {
  const { self } = relays;

  /**
   * Which relay has it; null when that one is gone. What is not the asker's is as what nobody has sent: the id alone
   * says where it would be.
   */
  const placeOf = async (statement: string, isOwn: IsOwn): Promise<Place> => {
    const open = await store.openStatements.find(statement);
    if (open !== null && (await isOwn(open.session))) {
      return { open, relay: (await relays.isThere(open.relay)) ? open.relay : null };
    }
    const moved = relays.isAlone ? null : await store.relays.wentOnWith(statement);
    if (moved !== null && (await isOwn(moved.session as SessionId))) {
      return { open: null, relay: (await relays.isThere(moved.relay)) ? moved.relay : null };
    }
    return { open: null, relay: await relays.sentTo(statement) };
  };

  /** Of two relays that would, one does. */
  const take = async (approval: HeldApproval, open: OpenStatement | null): Promise<StatementRequest> => {
    const { request } = approval;
    const statement = request.queryId;
    const session = await find(request.session.id);
    if (session === null) throw new SluiceError('session_ended', 'the session of the statement has ended');
    const isTaken = await store.transaction(async (tx) => {
      const now = await tx.openStatements.find(statement);
      if (now?.relay !== open?.relay) return false;
      await tx.openStatements.move(statement, self);
      if (relays.isAlone) return true;
      await tx.relays.goOnWith(statement, { session: session.id, relay: self });
      tx.tell({ topic: 'statement', key: keyOf({ order: 'moved', statement, relay: self }) });
      return true;
    });
    if (!isTaken) throw elsewhere();
    return { ...request, session };
  };

  const resolve = async (session: SessionId, statement: string, seq: number | null) => {
    const { open, relay } = await placeOf(statement, async (id) => id === session);
    if (relay !== null && relay !== self) throw elsewhere();
    const approval = relay === null ? await held.of(statement) : null;
    if (approval?.request.session.id === session) return await take(approval, open);
    if (open !== null && relay === self) throw outcomeUnknown();
    const end = open === null ? await endOnRecord(store, session, statement, seq) : endNobodySaw(open);
    if (end !== null) throw errorOf(end);
    throw seq === null ? unknown(statement) : outcomeUnknown();
  };

  /** Those that wait for people, and that no relay has any more. */
  const left = async () => {
    const found: { readonly approval: HeldApproval; readonly open: OpenStatement | null }[] = [];
    for (const approval of await held.all()) {
      const { open, relay } = await placeOf(approval.request.queryId, async () => true);
      if (relay === null) found.push({ approval, open });
    }
    return found;
  };

  return {
    async repeated({ session, requestId, sql }) {
      const sent = await sentAs(store, session.id, requestId);
      if (sent === null) return null;
      if (sent.sql === null) throw outcomeUnknown();
      if (sent.sql !== sql) throw usedForAnother();
      const { statement, seq } = sent;
      return { statement, take: () => resolve(session.id, statement, seq) };
    },

    find: (session, statement) => resolve(session.id, statement, null),

    async findOwn(isOwn, statement) {
      let session: Session | null = null;
      const { relay } = await placeOf(statement, async (id) => {
        const found = await find(id);
        session = found !== null && isOwn(found) ? found : null;
        return session !== null;
      });
      if (relay !== null && relay !== self) throw elsewhere();
      if (session === null) throw unknown(statement);
      return await resolve((session as Session).id, statement, null);
    },

    left: async () => (await left()).map(({ approval }) => approval.request.queryId),

    async takeLeft(which) {
      const taken: StatementRequest[] = [];
      for (const { approval, open } of await left()) {
        if (!which(approval.request.queryId)) continue;
        try {
          taken.push(await take(approval, open));
        } catch (error) {
          // Another relay was first, or the session is over: then there is nothing to go on with.
          if (!isSluiceError(error) || error.code === 'record_unavailable') throw error;
        }
      }
      return taken;
    },

    async stop(order) {
      if (relays.isAlone) return;
      await store.transaction(async (tx) => {
        tx.tell({ topic: 'statement', key: keyOf({ order: 'stop', ...order }) });
      });
    },
  };
}

type IsOwn = (session: SessionId) => Promise<boolean>;

interface Place {
  readonly open: OpenStatement | null;
  readonly relay: string | null;
}

/** What a client is told that sends its request once more: a balancer may bring it there. */
export function elsewhere(): SluiceError {
  return new SluiceError('statement_elsewhere', 'another relay has the statement', {
    advice: 'send the same request again, so that it reaches that relay',
    retryAfterSeconds: 1,
  });
}

export function usedForAnother(): SluiceError {
  return new SluiceError('duplicate_request', 'the request id was used for another statement', {
    advice: 'give every statement an id of its own',
  });
}

function unknown(statement: string): SluiceError {
  return new SluiceError('result_unavailable', `the session has no statement \`${statement}\``, {
    advice: 'run the statement again, if it is safe to',
  });
}

function outcomeUnknown(): SluiceError {
  return new SluiceError(
    'statement_outcome_unknown',
    'the statement was sent before, and what became of it is no longer known',
    { advice: 'look at what it did before you run it again' },
  );
}

/** As its client was told it, or would have been: the result itself is not on the record for it. */
function errorOf(end: EndOfStatement): SluiceError {
  switch (end.type) {
    case 'result':
      return new SluiceError(
        'result_unavailable',
        'the statement has run, and its result is no longer kept',
        {
          advice: 'look at what it did before you run it again',
        },
      );
    case 'blocked':
      return new SluiceError('blocked', end.reason, { rule: end.rule });
    case 'cancelled':
      return new SluiceError('statement_cancelled', `the statement was cancelled: ${end.by}`);
    case 'error':
      return new SluiceError(isErrorCode(end.code) ? end.code : 'statement_outcome_unknown', end.message);
    default:
      return end satisfies never;
  }
}
