import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Query } from '../../queries/index.ts';

/**
 * What opens a result's chunks. Drivers send no session token to a chunk's URL, only the headers that came
 * with the result (driver protocol, section 7): so the header holds an expiry and a MAC over it and the query.
 */
export interface ChunkSecrets {
  headersFor(query: Query): Record<string, string>;
  /** Whether the headers open this query's chunks now. */
  open(headers: IncomingHttpHeaders, queryId: string): boolean;
}

/** @param now and `ms` in milliseconds. The key is the process's own: results do not outlive it either. */
export function createChunkSecrets(now: () => number, ms: number): ChunkSecrets {
  const key = randomBytes(32);
  const sign = (queryId: string, expiresAt: string) =>
    createHmac('sha256', key).update(`${queryId} ${expiresAt}`).digest();

  return {
    headersFor({ queryId }) {
      const expiresAt = String(now() + ms);
      return { [headerName]: `${expiresAt}.${sign(queryId, expiresAt).toString('base64url')}` };
    },
    open(headers, queryId) {
      const [expiresAt = '', mac = ''] = String(headers[headerName] ?? '').split('.');
      const expected = sign(queryId, expiresAt);
      const given = Buffer.from(mac, 'base64url');
      const genuine = given.length === expected.length && timingSafeEqual(given, expected);
      return genuine && now() < Number(expiresAt);
    },
  };
}

const headerName = 'x-sluice-chunk';
