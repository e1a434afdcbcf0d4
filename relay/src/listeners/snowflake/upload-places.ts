import { LRUCache } from 'lru-cache';
import type { Query, SpooledResult } from '../../queries/index.ts';
import type { SessionId } from '../../session/index.ts';

/** A PUT that ran, and what its driver was told. */
export interface Upload {
  readonly query: Query;
  readonly result: SpooledResult & { readonly transfer: UploadTransfer };
}

type UploadTransfer = Extract<NonNullable<SpooledResult['transfer']>, { what: 'upload' }>;
type TransferResult = SpooledResult & Required<Pick<SpooledResult, 'transfer'>>;

/**
 * Drivers ask anew for the place of each file of a PUT: they send its text again, with the file's name where its path, or the end of its path, stood, and
 * some take no other answer than the place, at once (driver protocol, section 9). That is no other statement: what it may put
 * where was decided, and asked about, with the first. Any other text between ends it.
 */
export interface UploadPlaces {
  /** Of what was let through, a PUT that ran. */
  note(query: Query, result: TransferResult): void;
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
      if (transfer.what !== 'upload' || query.describeOnly) return;
      latest.set(query.session.id, { query, result: { ...result, transfer } });
    },
    find(session, sql) {
      const upload = latest.get(session);
      if (upload === undefined) return null;
      const { query, result } = upload;
      const { local, place } = result.transfer;
      const given = sentInstead(query.sql, local, sql);
      const token = given === null ? null : place(nameIn(given, local));
      if (given === null || token === null) {
        latest.delete(session);
        return null;
      }
      return { query, result: { ...result, transfer: { ...result.transfer, local: given, token } } };
    },
  };
}

/** What stands in `sql` where the path does in the text that was decided on; null where they differ elsewhere. */
function sentInstead(decided: string, local: string, sql: string): string | null {
  // Looked for in the text as it stands: in lower case, some letters take more room, and what follows is elsewhere.
  const path = new RegExp(`(file://)${RegExp.escape(local)}`, 'i').exec(decided);
  if (path === null) return null;
  const before = decided.slice(0, path.index + path[1]!.length);
  const behind = decided.slice(path.index + path[0].length);
  const given = sql.slice(before.length, sql.length - behind.length);
  return sql === before + given + behind ? given : null;
}

/** Some drivers send the file's name alone, gosnowflake that behind the folder of the path. */
function nameIn(given: string, local: string): string {
  const folder = /^.*[/\\]/s.exec(local)?.[0] ?? '';
  return given.startsWith(folder) ? given.slice(folder.length) : given;
}
