import { NEVER_REDACTED } from '../log/seal-event.ts';
import type { RecordReaders } from '../ports.ts';
import type { ProvenRecord } from '../proven-record.ts';
import { dueSessions } from './due-sessions.ts';
import { type DueRule, levelOf } from './rule.ts';

/** What a rule would remove, if the rules were applied now, in their order. */
export interface RulePreview extends DueRule {
  readonly sessions: number;
  readonly bodies: number;
  readonly payloads: number;
  /** Of both, as they are stored. */
  readonly bytes: number;
  /** When the oldest and the newest of these sessions were closed; null when there is none. ISO 8601, UTC. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** Counts what the rules would remove; writes nothing. */
export async function previewRetention(
  store: Pick<RecordReaders, 'retention'>,
  proof: Pick<ProvenRecord, 'sizeAt'>,
  rules: readonly DueRule[],
  signal: AbortSignal,
): Promise<readonly RulePreview[]> {
  const previews: RulePreview[] = [];
  for (const [index, rule] of rules.entries()) {
    const earlier = rules.slice(0, index);
    const sum = { sessions: 0, bodies: 0, payloads: 0, bytes: 0 };
    const closed: string[] = [];
    for await (const { session, closedAt, newestAt } of eachOf(dueSessions(store, rule, proof))) {
      signal.throwIfAborted();
      const taken = earlier.filter(({ before }) => newestAt < before).map(({ removes }) => levelOf(removes));
      if (taken.includes(levelOf('bodies'))) continue;
      const weight = await store.retention.weigh(session, NEVER_REDACTED);
      const bodies = rule.removes === 'bodies' ? weight.bodies : NOTHING;
      const payloads = taken.length === 0 ? weight.payloads : NOTHING;
      if (bodies.number + payloads.number === 0) continue;
      sum.sessions += 1;
      sum.bodies += bodies.number;
      sum.payloads += payloads.number;
      sum.bytes += bodies.bytes + payloads.bytes;
      // The oldest and the newest so far.
      closed.push(closedAt);
      closed.sort();
      closed.splice(1, closed.length - 2);
    }
    previews.push({ ...rule, ...sum, oldest: closed[0] ?? null, newest: closed.at(-1) ?? null });
  }
  return previews;
}

async function* eachOf<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page;
}

const NOTHING = { number: 0, bytes: 0 };
