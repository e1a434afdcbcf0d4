import { hexHash, jcs, publicKey, signed } from './bytes.ts';
import type { Json } from './shapes.ts';

/** What a check found: the first event, in the session's order, that is not as it was recorded. */
export interface Finding {
  readonly what: 'altered' | 'removed' | 'reordered' | 'forged' | 'unreadable';
  readonly session: string | null;
  readonly seq: number | null;
  readonly why: string;
}

/** Ends a check at once. */
export class Found extends Error {
  readonly finding: Finding;
  constructor(
    what: Finding['what'],
    why: string,
    session: string | null = null,
    seq: number | null = null,
  ) {
    super(why);
    this.finding = { what, session, seq, why };
  }
}

export interface Place {
  readonly session: string;
  readonly seq: number;
  readonly previous: string;
  readonly hash: string;
  readonly type: string;
}

/** Checks events one after another; keeps what later events decide about. */
export function sessionCheck(session: string): {
  readonly next: (event: Json) => Place;
  /** Payloads that events name, each with the first event that does. */
  readonly named: ReadonlyMap<string, number>;
  /** At the end: whatever is still missing. `present` says of a payload whether it is there. */
  readonly missing: (present: (address: string) => boolean) => void;
} {
  let seq = 0;
  let previous = '0'.repeat(64);
  const bodiless = new Set<number>();
  const named = new Map<string, number>();
  const redacted = new Set<string>();
  const statements = new Map<string, string | null>();
  const asked = new Map<string, string>();
  let held = false;

  function chain(event: Json): Place {
    const at = Number(event['seq']);
    const fail = (what: Finding['what'], why: string): never => {
      throw new Found(what, why, session, at);
    };
    const body = event['body'] as Json | undefined;
    const type = String(body === undefined ? event['type'] : body['type']);
    const bodyDigest =
      body === undefined
        ? event['bodyDigest']
        : hexHash('sluice/body/v1\n', jcs({ body, salt: event['salt'] }));
    const header = {
      version: 1,
      session: event['session'],
      seq: event['seq'],
      at: event['at'],
      type,
      bodyDigest,
      previous: event['previous'],
    };
    if (hexHash('sluice/event/v1\n', jcs(header)) !== event['hash']) fail('altered', 'hash');
    if (event['session'] !== session) fail('reordered', 'another session');
    if (at > seq) throw new Found('removed', 'gap', session, seq);
    if (at < seq) fail('reordered', 'seq');
    if (event['previous'] !== previous) fail('altered', 'previous');
    seq += 1;
    previous = String(event['hash']);
    return { session, seq: at, previous: String(event['previous']), hash: previous, type };
  }

  function remember(event: Json, place: Place): void {
    const body = event['body'] as Json | undefined;
    if (body === undefined) {
      if (['redacted', 'hold', 'signing_key'].includes(place.type)) {
        throw new Found('removed', 'never redacted', session, place.seq);
      }
      bodiless.add(place.seq);
      return;
    }
    const name = (address: unknown): void => {
      if (typeof address === 'string' && !named.has(address)) named.set(address, place.seq);
    };
    if (body['type'] === 'hold') held = body['held'] === true;
    if (body['type'] === 'result') (body['payloads'] as readonly string[]).forEach(name);
    if (body['type'] === 'statement') {
      name(body['binds']);
      statements.set(String(body['statement']), String(body['sql']));
    }
    if (body['type'] === 'redacted') {
      if (held) throw new Found('removed', 'redacted under legal hold', session, place.seq);
      for (const gone of body['events'] as readonly number[]) bodiless.delete(gone);
      for (const gone of body['payloads'] as readonly string[]) redacted.add(gone);
    }
    if (body['type'] === 'approval_asked') checkAsked(body, place);
    if (body['type'] === 'approval_decided') checkDecided(body, place);
  }

  function checkAsked(body: Json, place: Place): void {
    const bound = body['bound'] as Json;
    const sql = statements.get(String(body['statement']));
    const agrees =
      hexHash('sluice approval binding v1\n', jcs(bound)) === body['binding'] &&
      bound['approval'] === body['approval'] &&
      bound['statement'] === body['statement'] &&
      bound['session'] === session &&
      (sql === undefined || sql === bound['sql']);
    if (!agrees) throw new Found('altered', 'binding', session, place.seq);
    asked.set(String(body['approval']), String(body['binding']));
  }

  function checkDecided(body: Json, place: Place): void {
    const binding = asked.get(String(body['approval']));
    if (binding !== undefined && binding !== body['binding']) {
      throw new Found('altered', 'decides something else', session, place.seq);
    }
    const signature = body['signature'] as Json | null;
    if (signature === null) return;
    const bytes = jcs({
      binding: body['binding'],
      approval: body['approval'],
      verdict: body['verdict'],
      comment: body['comment'],
      proposal: body['proposal'],
      grantSeconds: body['grantSeconds'],
      decidedAt: signature['decidedAt'],
    });
    let good = false;
    try {
      const { key } = publicKey(Buffer.from(String(signature['key']), 'base64'));
      good = signed(
        `sluice approval decision v1\n${bytes}`,
        key,
        Buffer.from(String(signature['value']), 'base64'),
      );
    } catch {
      // A malformed key has signed nothing.
    }
    if (!good) throw new Found('forged', 'decision signature', session, place.seq);
  }

  return {
    next(event) {
      const place = chain(event);
      remember(event, place);
      return place;
    },
    named,
    missing(present) {
      const [gone] = bodiless;
      const payload = [...named].find(([address]) => !redacted.has(address) && !present(address));
      const first = Math.min(gone ?? Infinity, payload?.[1] ?? Infinity);
      if (first !== Infinity) throw new Found('removed', 'body or payload', session, first);
    },
  };
}
