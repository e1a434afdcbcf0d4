import type { Kysely, Selectable } from 'kysely';
import type { Binds } from '../warehouse/index.ts';
import type { Approval, ApprovalId } from './approval.ts';
import type { ApprovalTables } from './migrations.ts';
import { isOpen } from './state.ts';

/** Approvals on disk. A change is written only over the revision that it was made from. */
export interface ApprovalStore {
  insert(approval: Approval): Promise<void>;
  /** False when somebody else has changed it since: then nothing is written. */
  replace(before: Approval, after: Approval): Promise<boolean>;
  find(id: ApprovalId): Promise<Approval | null>;
  /** The newest request for this statement. */
  findByStatement(statement: string): Promise<Approval | null>;
  /** Asked, or approved and not yet used; oldest first. */
  open(): Promise<readonly Approval[]>;
  /** Ended ones, the newest first. */
  ended(filter: { readonly before: number; readonly limit: number }): Promise<readonly Approval[]>;
  /** Earlier ones of the same shape or requester, the newest first. */
  similarTo(approval: Approval, limit: number): Promise<readonly Approval[]>;
  /** Those that time expires or escalates by now. */
  due(now: number): Promise<readonly Approval[]>;
}

export function createApprovalStore(database: Kysely<unknown>): ApprovalStore {
  const db = database as Kysely<ApprovalTables>;
  const all = () => db.selectFrom('approval').selectAll();

  return {
    async insert(approval) {
      await db.insertInto('approval').values(toRow(approval)).execute();
    },
    async replace(before, after) {
      const { numUpdatedRows } = await db
        .updateTable('approval')
        .set(toRow(after))
        .where('id', '=', before.id)
        .where('revision', '=', before.revision)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async find(id) {
      const row = await all().where('id', '=', id).executeTakeFirst();
      return row ? fromRow(row) : null;
    },
    async findByStatement(statement) {
      const row = await all()
        .where('statement', '=', statement)
        .orderBy('asked_at', 'desc')
        .orderBy('due_at', 'desc')
        .executeTakeFirst();
      return row ? fromRow(row) : null;
    },
    async open() {
      return (await all().where('due_at', 'is not', null).orderBy('asked_at').execute()).map(fromRow);
    },
    async ended({ before, limit }) {
      const rows = await all()
        .where('due_at', 'is', null)
        .where('asked_at', '<', before)
        .orderBy('asked_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },
    async similarTo(approval, limit) {
      const { id, shape, request } = approval;
      const rows = await all()
        .where('id', '!=', id)
        .where((row) =>
          row.or([row('shape', '=', shape), row('requester', '=', request.session.identity.id)]),
        )
        .where('due_at', 'is', null)
        .orderBy('asked_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },
    async due(now) {
      const rows = await all()
        .where((row) => row.or([row('due_at', '<=', now), row('escalate_at', '<=', now)]))
        .execute();
      return rows.map(fromRow);
    },
  };
}

type Content = Pick<
  Approval,
  'bindsDigest' | 'salt' | 'expiresAt' | 'escalated' | 'estimate' | 'state' | 'request'
>;

function toRow(approval: Approval): Selectable<ApprovalTables['approval']> {
  const { request, state, bindsDigest, salt, expiresAt, escalated, estimate } = approval;
  const content: Content = {
    bindsDigest,
    salt,
    expiresAt,
    escalated,
    estimate,
    state,
    request: { ...request, binds: {} },
  };
  return {
    id: approval.id,
    statement: request.queryId,
    session: request.session.id,
    requester: request.session.identity.id,
    phase: state.phase,
    shape: approval.shape,
    binding: approval.binding,
    asked_at: approval.askedAt,
    due_at: dueAt(approval),
    escalate_at: escalateAt(approval),
    revision: approval.revision,
    content: JSON.stringify(content),
    binds: isOpen(state) ? JSON.stringify(request.binds) : null,
  };
}

function fromRow(row: Selectable<ApprovalTables['approval']>): Approval {
  const content = JSON.parse(row.content) as Content;
  const binds = row.binds === null ? {} : (JSON.parse(row.binds) as Binds);
  return {
    ...content,
    request: { ...content.request, binds },
    id: row.id as ApprovalId,
    binding: row.binding,
    shape: row.shape,
    askedAt: row.asked_at,
    revision: row.revision,
  };
}

function dueAt({ state, expiresAt }: Approval): number | null {
  if (state.phase === 'asked') return expiresAt;
  return state.phase === 'approved' ? state.usableUntil : null;
}

function escalateAt({ state, escalated, askedAt, request }: Approval): number | null {
  const { escalate } = request.decision.ask;
  return state.phase === 'asked' && !escalated && escalate !== null
    ? askedAt + escalate.afterSeconds * 1000
    : null;
}
