import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Reply } from './reply.ts';
import type { Packed } from './rows.ts';

/** How storage is asked for a chunk: by its link alone, with headers that came with the result, or with a key that did. */
export type LinkKeys = 'none' | 'headers' | 'qrmk';
/** Packed and said so, packed without a word, or not packed. */
export type Packing = 'gzip' | 'unsaid' | 'none';

export interface Link {
  readonly queryId: string;
  readonly index: number;
  readonly load: () => Promise<Packed>;
  readonly headers: Readonly<Record<string, string>>;
  readonly packing: Packing;
  expiresAt: number;
}

export type Storage = ReturnType<typeof createStorage>;

/**
 * The cloud storage that keeps chunks: whoever has a link that has not expired, and what belongs to it, gets them. It knows no
 * session, and wants none of Snowflake's tokens.
 */
export function createStorage(now: () => number) {
  const links = new Map<string, Link>();
  return {
    links: links as ReadonlyMap<string, Link>,
    /** The path of a new link. */
    add(link: Link): string {
      const expires = Math.floor(link.expiresAt / 1_000);
      const path = `/results/${link.queryId}_0/main/data_0_0_${link.index}?Expires=${expires}&Signature=${randomBytes(24).toString('base64url')}`;
      links.set(path, link);
      return path;
    },
    /** Every link that there is ends now. */
    expireLinks(): void {
      for (const link of links.values()) link.expiresAt = 0;
    },
    async reply(request: IncomingMessage): Promise<Reply> {
      const link = links.get(request.url ?? '');
      if (link === undefined || link.expiresAt <= now()) return denied('Request has expired');
      for (const [name, value] of Object.entries(link.headers)) {
        if (request.headers[name.toLowerCase()] !== value) return denied('Access Denied');
      }
      const { bytes } = await link.load();
      return {
        status: 200,
        headers: {
          'content-type': 'application/octet-stream',
          ...(link.packing === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
        },
        body: bytes,
      };
    },
  };
}

function denied(message: string): Reply {
  return {
    status: 403,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
    ),
  };
}
