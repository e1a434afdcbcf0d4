import { canonicalJson, type EventBody } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import type { RecordsEvents } from '../log/event-log.ts';
import type { RecordReaders } from '../ports.ts';
import { logSizeAt } from './log-age.ts';
import { DAY_MS, type RetentionRule } from './rule.ts';

/** For so long must rules have stood on the record before they are applied: time for somebody to set a hold. */
export const NOTICE_MS = DAY_MS;

/** Where the rules in force stand on the record: a notice of the relay session. */
export interface RulesOnRecord {
  readonly seq: number;
}

/** Puts the rules on the record, unless the notice there says the same already. */
export async function putRulesOnRecord(
  tx: RecordsEvents & Pick<RecordReaders, 'events'>,
  relaySession: SessionId,
  rules: readonly RetentionRule[],
  standing: RulesOnRecord | null,
): Promise<RulesOnRecord> {
  const text = textOf(rules);
  if (standing !== null && (await readNotice(tx, relaySession, standing))?.rules === text) return standing;
  const { seq } = await tx.record(relaySession, { type: 'notice', what: WHAT, detail: { rules: text } });
  return { seq };
}

/**
 * Whether these rules have stood on the record for long enough. The newest notice counts: rules that were others for an
 * hour begin anew.
 *
 * @param now milliseconds since the epoch.
 */
export async function standOf(
  store: Pick<RecordReaders, 'events' | 'checkpoints'>,
  relaySession: SessionId,
  rules: readonly RetentionRule[],
  standing: RulesOnRecord | null,
  now: number,
): Promise<RulesStand> {
  const notice = standing === null ? null : await readNotice(store, relaySession, standing);
  if (notice?.rules !== textOf(rules)) return { since: now, appliesFrom: now + NOTICE_MS };
  const since = Date.parse(notice.at);
  const enough = new Date(now - NOTICE_MS).toISOString();
  const isOld = notice.at <= enough && notice.position < logSizeAt(await store.checkpoints.list(), enough);
  return { since, appliesFrom: isOld ? null : Math.max(since + NOTICE_MS, now + 1) };
}

/** Milliseconds since the epoch. */
export interface RulesStand {
  /** By the clock of that time. */
  readonly since: number;
  /** Null when they apply. */
  readonly appliesFrom: number | null;
}

const WHAT = 'retention_rules';

function textOf(rules: readonly RetentionRule[]): string {
  return canonicalJson(rules.map(({ name, removes, afterDays }) => ({ name, removes, afterDays })));
}

/** From the record itself: what stands in other tables is not signed. */
async function readNotice(
  { events }: Pick<RecordReaders, 'events'>,
  relaySession: SessionId,
  { seq }: RulesOnRecord,
): Promise<{ readonly rules: string; readonly at: string; readonly position: number } | null> {
  const [event] = await events.ofSession(relaySession, { after: seq - 1, limit: 1 });
  if (event?.seq !== seq) return null;
  const body = JSON.parse(event.body ?? '{}') as EventBody;
  if (body.type !== 'notice' || body.what !== WHAT) return null;
  return { rules: body.detail['rules'] ?? '', at: event.at, position: event.position };
}
