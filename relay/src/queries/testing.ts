import type { StatementRequest } from '../gate.ts';
import type { Session } from '../session/index.ts';
import { SluiceError } from '../errors.ts';
import type { Elsewhere } from './elsewhere.ts';

/** Statements that no queries in memory have, as a test says. */
export interface Strays {
  readonly elsewhere: Elsewhere;
  /** Held, and of a relay that is gone. */
  readonly left: StatementRequest[];
  /** Request ids whose outcome the record does not say, with the statement that each was. */
  readonly recorded: Map<string, string>;
  /** What others were told to stop. */
  readonly stopped: Parameters<Elsewhere['stop']>[0][];
}

export function strays(): Strays {
  const left: StatementRequest[] = [];
  const recorded = new Map<string, string>();
  const stopped: Parameters<Elsewhere['stop']>[0][] = [];
  const take = (which: (request: StatementRequest) => boolean) => {
    const taken = left.filter(which);
    for (const request of taken) left.splice(left.indexOf(request), 1);
    return taken;
  };
  const one = (isOwn: (session: Session) => boolean, statement: string) => {
    const [found] = take(({ session, queryId }) => queryId === statement && isOwn(session));
    if (found === undefined)
      throw new SluiceError('result_unavailable', `the session has no statement \`${statement}\``);
    return found;
  };
  return {
    left,
    recorded,
    stopped,
    elsewhere: {
      async repeated({ session, requestId }) {
        const statement = recorded.get(requestId);
        const unknown = new SluiceError('statement_outcome_unknown', 'it was sent before');
        if (statement !== undefined) return { statement, take: () => Promise.reject(unknown) };
        const [found] = take(
          (request) => request.session.id === session.id && request.requestId === requestId,
        );
        return found === undefined ? null : { statement: found.queryId, take: async () => found };
      },
      find: async ({ id }, statement) => one((session) => session.id === id, statement),
      findOwn: async (isOwn, statement) => one(isOwn, statement),
      left: async () => left.map(({ queryId }) => queryId),
      takeLeft: async (which) => take(({ queryId }) => which(queryId)),
      stop: async (order) => void stopped.push(order),
    },
  };
}
