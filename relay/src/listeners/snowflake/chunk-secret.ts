import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Query } from '../../queries/index.ts';
import type { LinkKeys } from '../../recording/index.ts';

/**
 * What opens a result's chunks. Drivers send no session token to a chunk's URL, only the headers that came
 * with the result (driver protocol, section 7): so the header holds an expiry, the relay that has the rows, and a MAC
 * over them and the query, which every relay on the store can check.
 */
export interface ChunkSecrets {
  headersFor(query: Query): Record<string, string>;
  /** The relay that has the rows, when the headers open this query's chunks now; else null. */
  open(headers: IncomingHttpHeaders, queryId: string): Promise<string | null>;
}

export interface ChunkSecretsOptions {
  readonly keys: LinkKeys;
  /** This relay. */
  readonly relay: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long a header is good. Milliseconds. */
  readonly ms: number;
}

export function createChunkSecrets({ keys, relay, now, ms }: ChunkSecretsOptions): ChunkSecrets {
  return {
    headersFor({ queryId }) {
      const expiresAt = String(now() + ms);
      const { id, key } = keys.current();
      const mac = sign(key, queryId, relay, expiresAt).toString('base64url');
      return { [headerName]: [id, relay, expiresAt, mac].join('.') };
    },
    async open(headers, queryId) {
      const [id = '', at = '', expiresAt = '', mac = ''] = String(headers[headerName] ?? '').split('.');
      // Before a key is looked for: whoever has none makes the relay do nothing.
      if (!(now() < Number(expiresAt))) return null;
      const key = await keys.find(id);
      if (key === null) return null;
      const expected = sign(key, queryId, at, expiresAt);
      const given = Buffer.from(mac, 'base64url');
      return given.length === expected.length && timingSafeEqual(given, expected) ? at : null;
    },
  };
}

function sign(key: Uint8Array, queryId: string, relay: string, expiresAt: string): Buffer {
  return createHmac('sha256', key).update(`${queryId} ${relay} ${expiresAt}`).digest();
}

const headerName = 'x-sluice-chunk';
