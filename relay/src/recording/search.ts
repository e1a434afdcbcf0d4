import type { RecordedEvent } from '@sluice/contract';
import type { Kysely } from 'kysely';
import { eventOf } from './log/event-log.ts';
import { positionsMatching } from './log/text-index.ts';
import { type MentionKind, recordingTables } from './tables.ts';

/** All that is given must hold. */
export interface EventSearch {
  /** An identity's id: events of sessions that this person opened, and their decisions in others. */
  readonly person?: string;
  /** Statements that touched this object: `DB.SCHEMA.TABLE`. */
  readonly object?: string;
  /** Statements that this policy rule decided. */
  readonly rule?: string;
  /**
   * Words, all of which an SQL text or a prompt holds; the last may be only begun. A text of more than 64 Ki
   * characters is looked through in parts of that length.
   */
  readonly text?: string;
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly before?: string;
  /** Where the page before this one ended. */
  readonly olderThan?: number;
  readonly limit: number;
}

export interface FoundEvent {
  /** Place in the log of all sessions: what `olderThan` takes. */
  readonly position: number;
  readonly event: RecordedEvent;
}

/** Finds events by what they mention, the newest first. */
export async function searchEvents(
  database: Kysely<unknown>,
  search: EventSearch,
): Promise<readonly FoundEvent[]> {
  const tables = recordingTables(database);
  const mentioning = (kind: MentionKind, value: string) =>
    tables.selectFrom('recorded_mention').where('kind', '=', kind).where('value', '=', value);

  let query = tables.selectFrom('recorded_event').selectAll().orderBy('position', 'desc').limit(search.limit);
  if (search.person !== undefined) {
    const own = tables.selectFrom('recorded_session').select('session').where('person', '=', search.person);
    const mentions = mentioning('person', search.person).select('position');
    query = query.where((row) => row.or([row('session', 'in', own), row('position', 'in', mentions)]));
  }
  if (search.object !== undefined) {
    query = query.where(
      'position',
      'in',
      mentioning('object', search.object.toUpperCase()).select('position'),
    );
  }
  if (search.rule !== undefined) {
    query = query.where('position', 'in', mentioning('rule', search.rule).select('position'));
  }
  if (search.text !== undefined) {
    query = query.where('position', 'in', positionsMatching(tables, words(search.text)));
  }
  if (search.since !== undefined) query = query.where('at', '>=', search.since);
  if (search.before !== undefined) query = query.where('at', '<', search.before);
  if (search.olderThan !== undefined) query = query.where('position', '<', search.olderThan);
  const rows = await query.execute();
  return rows.map((row) => ({ position: row.position, event: eventOf(row) }));
}

/** Each word quoted: what people type is text to find, never the search engine's own language. */
function words(text: string): string {
  const quoted = text
    .split(/\s+/)
    .flatMap((word) => (word === '' ? [] : [`"${word.replaceAll('"', '""')}"`]));
  return quoted.length === 0 ? '""' : `${quoted.join(' ')}*`;
}
