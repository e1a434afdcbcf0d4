import { LRUCache } from 'lru-cache';
import type { Query, SpooledResult } from '../../queries/index.ts';
import type { SessionId } from '../../session/index.ts';

/** A PUT that ran, and what its driver was told. */
export interface Upload {
  readonly query: Query;
  readonly result: SpooledResult & { readonly transfer: UploadTransfer };
}

type UploadTransfer = Extract<NonNullable<SpooledResult['transfer']>, { what: 'upload' }>;

/**
 * Drivers ask anew for the place of each file of a PUT: they send its text again, with the file's name where its path stood, and
 * some take no other answer than the place, at once (driver protocol, section 9). That is no other statement: what it may put
 * where was decided, and asked about, with the first. Any other text between ends it.
 */
export interface UploadPlaces {
  note(query: Query, result: SpooledResult): void;
  /** What such a text is answered with; null for a statement of its own. */
  find(session: SessionId, sql: string): Upload | null;
}

/** Sessions that are sending files, and how long they may. Milliseconds. */
const MOST = 10_000;
const VALID_MS = 3_600_000;

export function createUploadPlaces(): UploadPlaces {
  const latest = new LRUCache<SessionId, Upload>({ max: MOST, ttl: VALID_MS });
  return {
    note(query, result) {
      const { transfer } = result;
      if (transfer?.what !== 'upload' || query.describeOnly) return;
      latest.set(query.session.id, { query, result: { ...result, transfer } });
    },
    find(session, sql) {
      const upload = latest.get(session);
      if (upload === undefined) return null;
      const { query, result } = upload;
      const name = nameInstead(query.sql, result.transfer.local, sql);
      const token = name === null ? null : result.transfer.place(name);
      if (name !== null && token !== null) {
        const transfer = { ...result.transfer, local: name, token };
        return { query, result: { ...result, transfer } };
      }
      latest.delete(session);
      return null;
    },
  };
}

/** What stands in `sql` where the path does in the text that was decided on; null where they differ elsewhere. */
function nameInstead(decided: string, local: string, sql: string): string | null {
  const path = `file://${local}`;
  const at = decided.toLowerCase().indexOf(path.toLowerCase());
  if (at === -1 || local === '') return null;
  const before = decided.slice(0, at + 'file://'.length);
  const behind = decided.slice(at + path.length);
  if (sql.length < before.length + behind.length || !sql.startsWith(before) || !sql.endsWith(behind))
    return null;
  return sql.slice(before.length, sql.length - behind.length);
}
