import { canonicalJson, type EventBody } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import type { RecordsEvents } from '../log/event-log.ts';
import type { RecordReaders } from '../ports.ts';
import type { ProvenRecord } from '../proven-record.ts';
import { DAY_MS, type RetentionRule } from './rule.ts';

/** For so long must rules have stood on the record before they are applied: time for somebody to set a hold. */
export const NOTICE_MS = DAY_MS;

/** Where something stands on the record: a notice of the relay session. */
export interface NoticeOnRecord {
  readonly seq: number;
}

/** Puts the rules on the record, unless the notice there says the same already. */
export async function putRulesOnRecord(
  tx: RecordsEvents & Pick<RecordReaders, 'events'>,
  relaySession: SessionId,
  rules: readonly RetentionRule[],
  standing: NoticeOnRecord | null,
  proof: Proof,
): Promise<NoticeOnRecord> {
  const text = textOf(rules);
  if (
    standing !== null &&
    (await readNotice(tx, relaySession, standing, WHAT, proof))?.detail['rules'] === text
  )
    return standing;
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
  store: Pick<RecordReaders, 'events'>,
  relaySession: SessionId,
  rules: readonly RetentionRule[],
  standing: NoticeOnRecord | null,
  proof: Proof,
  now: number,
): Promise<RulesStand> {
  const notice = standing === null ? null : await readNotice(store, relaySession, standing, WHAT, proof);
  if (notice?.detail['rules'] !== textOf(rules)) return { since: now, appliesFrom: now + NOTICE_MS };
  const since = Date.parse(notice.at);
  const enough = new Date(now - NOTICE_MS).toISOString();
  const isOld = notice.at <= enough && notice.position < proof.sizeAt(enough);
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

/** From the record itself, and only what a relay wrote there: what stands in other tables is not signed. */
export async function readNotice(
  { events }: Pick<RecordReaders, 'events'>,
  relaySession: SessionId,
  { seq }: NoticeOnRecord,
  what: string,
  proof: Pick<ProvenRecord, 'believes'>,
): Promise<Notice | null> {
  const [event] = await events.ofSession(relaySession, { after: seq - 1, limit: 1 });
  if (event?.seq !== seq || !(await proof.believes(event))) return null;
  const body = JSON.parse(event.body ?? '{}') as EventBody;
  if (body.type !== 'notice' || body.what !== what) return null;
  return { detail: body.detail, at: event.at, position: event.position };
}

interface Notice {
  readonly detail: Readonly<Record<string, string>>;
  readonly at: string;
  readonly position: number;
}

type Proof = Pick<ProvenRecord, 'believes' | 'sizeAt'>;
