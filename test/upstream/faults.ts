import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Envelope, type Reply, send } from './reply.ts';

/** Where something may go wrong. */
export type Endpoint =
  | 'login'
  | 'token'
  | 'heartbeat'
  | 'close'
  | 'query'
  | 'result'
  | 'abort'
  | 'monitoring'
  | 'telemetry'
  | 'chunk'
  | 'unknown';

/** What goes wrong. Everything but `reset` and `stall` before executing is done to the honest answer. */
export type Fault =
  /** Nothing more is heard. */
  | { readonly kind: 'stall'; readonly executed: boolean }
  /** The connection is torn down. */
  | { readonly kind: 'reset'; readonly executed: boolean }
  /** It is torn down in the middle of the body. */
  | { readonly kind: 'cut'; readonly share: number }
  /** The body comes in `pieces`, `everyMs` each. */
  | { readonly kind: 'drip'; readonly pieces: number; readonly everyMs: number }
  /** Without executing anything. */
  | { readonly kind: 'instead'; readonly reply: Reply }
  /** Another answer than the honest one, which is given. */
  | { readonly kind: 'reply'; readonly change: (honest: Reply) => Reply }
  | { readonly kind: 'envelope'; readonly change: (honest: Envelope) => unknown };

export interface Planned {
  readonly on: Endpoint;
  readonly fault: Fault;
  /** Of statements and their results: of this text alone. */
  readonly sql?: string | RegExp;
  /** How often it happens; once without it. */
  readonly times?: number;
  /** How often it goes well before. */
  readonly after?: number;
}

export type Faults = ReturnType<typeof createFaults>;

/** Things that go wrong, when a test says so. */
export function createFaults() {
  let plans: { readonly planned: Planned; left: number; wait: number }[] = [];
  return {
    /** Adds one; those that were added first happen first. */
    add(planned: Planned): void {
      plans.push({ planned, left: planned.times ?? 1, wait: planned.after ?? 0 });
    },
    clear(): void {
      plans = [];
    },
    /** What goes wrong with this request, if anything does. */
    take(on: Endpoint, sql: string | null): Fault | null {
      const due = plans.find(
        ({ planned, left }) => left > 0 && planned.on === on && matches(planned.sql, sql),
      );
      if (due === undefined) return null;
      if (due.wait > 0) {
        due.wait -= 1;
        return null;
      }
      due.left -= 1;
      return due.planned.fault;
    },
  };
}

/** Answers, but for what goes wrong. */
export async function answerWith(
  fault: Fault | null,
  request: IncomingMessage,
  response: ServerResponse,
  honest: () => Promise<Reply | null>,
): Promise<void> {
  if (fault?.kind === 'instead') return send(request, response, fault.reply);
  if (fault !== null && 'executed' in fault && !fault.executed) {
    if (fault.kind === 'reset') request.socket.destroy();
    return;
  }
  const reply = await honest();
  if (reply === null) return;
  switch (fault?.kind) {
    case undefined:
      return send(request, response, reply);
    case 'stall':
      return;
    case 'reset':
      request.socket.destroy();
      return;
    case 'cut': {
      response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
      const part = reply.body.subarray(0, Math.floor(reply.body.length * fault.share));
      response.write(part, () => request.socket.destroy());
      return;
    }
    case 'drip': {
      response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
      const size = Math.ceil(reply.body.length / fault.pieces);
      for (let at = 0; at < reply.body.length && !response.destroyed; at += size) {
        response.write(reply.body.subarray(at, at + size));
        await sleep(fault.everyMs);
      }
      response.end();
      return;
    }
    case 'reply':
      return send(request, response, fault.change(reply));
    case 'envelope': {
      const envelope = fault.change(JSON.parse(reply.body.toString()) as Envelope);
      return send(request, response, { ...reply, body: Buffer.from(JSON.stringify(envelope)) });
    }
    default:
      return fault satisfies undefined;
  }
}

function matches(wanted: string | RegExp | undefined, sql: string | null): boolean {
  if (wanted === undefined) return true;
  if (sql === null) return false;
  return typeof wanted === 'string' ? sql.trim() === wanted : wanted.test(sql);
}
