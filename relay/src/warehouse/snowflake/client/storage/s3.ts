import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { isLoopback } from '../../../../identity/index.ts';
import { SluiceError } from '../../../../errors.ts';
import { s3Escaped, s3Headers } from '../../../../s3-signature.ts';
import { unavailable } from '../failures/unavailable.ts';
import { type FileAnswer, type HttpClient, TransportError } from '../http.ts';
import type { ClientLimits } from '../limits.ts';
import { type LinkTerms, mayFollow } from '../results/link-check.ts';
import type { FileToPut, StoredFile } from '../upstream.ts';
import { decryption, encryptedSize, encryption } from './encryption.ts';
import type { Material, StagePlace } from '../answers/stage-answer.ts';

export interface StorageParts {
  readonly http: HttpClient;
  readonly limits: Pick<ClientLimits, 'partIdleMs' | 'pauseMs'>;
  readonly terms: LinkTerms;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The storage of one stage, with the credentials that were given for one PUT or GET. Errors hold nothing of either. */
export interface StageStorage {
  has(name: string, signal: AbortSignal): Promise<boolean>;
  put(name: string, file: FileToPut, material: Material | null, signal: AbortSignal): Promise<void>;
  get(name: string, material: Material | null, signal: AbortSignal): ReturnType<StoredFile['get']>;
}

/** Tries of one request; each reads the file anew. */
const TRIES = 4;

export function s3Storage(place: StagePlace, parts: StorageParts): StageStorage {
  const { http, limits, now } = parts;

  const send = async (
    method: 'GET' | 'HEAD' | 'PUT',
    name: string,
    made: () => { readonly headers: Readonly<Record<string, string>>; readonly body?: Readable },
    signal: AbortSignal,
  ): Promise<FileAnswer> => {
    const url = addressOf(place, name, parts.terms);
    for (let tries = 1; ; tries += 1) {
      const { headers, body } = made();
      try {
        const answer = await http.transfer(
          {
            method,
            url: url.href,
            // The body goes encrypted, in both senses.
            headers: await s3Headers({ method, url, headers, body: null }, place, new Date(now())),
            ...(body === undefined ? {} : { body }),
            idleMs: limits.partIdleMs * PATIENCE,
          },
          signal,
        );
        if (answer.status < 500 && answer.status !== 429) return answer;
        answer.drop();
        if (tries === TRIES) throw unavailable('the storage of the stage does not answer');
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        if (tries === TRIES) throw unavailable('the storage of the stage does not answer');
      } finally {
        body?.destroy();
      }
      await pause(Math.min(limits.pauseMs.first * 2 ** tries, limits.pauseMs.longest), undefined, { signal });
    }
  };

  return {
    async has(name, signal) {
      const { status, drop } = await send('HEAD', name, () => ({ headers: {} }), signal);
      drop();
      if (status === 404) return false;
      if (status !== 200) throw refused(status);
      return true;
    },
    async put(name, { path, size, sha256 }, material, signal) {
      if (material === null && place.isEncrypted) throw unavailable('the warehouse gave no key for the file');
      const digest = Buffer.from(sha256, 'hex').toString('base64');
      const { status, drop } = await send(
        'PUT',
        name,
        () => {
          const common = { 'content-type': 'application/octet-stream', 'x-amz-meta-sfc-digest': digest };
          const plain = createReadStream(path);
          if (material === null)
            return { headers: { ...common, 'content-length': String(size) }, body: plain };
          const { cipher, as } = encryption(material);
          // What breaks off breaks the request off.
          pipeline(plain, cipher, () => {});
          return {
            headers: {
              ...common,
              'content-length': String(encryptedSize(size)),
              'x-amz-meta-x-amz-key': as.key,
              'x-amz-meta-x-amz-iv': as.iv,
              'x-amz-meta-x-amz-matdesc': as.matdesc,
            },
            body: cipher,
          };
        },
        signal,
      );
      drop();
      if (status !== 200) throw refused(status);
    },
    async get(name, material, signal) {
      const { status, headers, body, drop } = await send('GET', name, () => ({ headers: {} }), signal);
      if (status !== 200) {
        drop();
        throw refused(status);
      }
      const [key, iv] = [headers['x-amz-meta-x-amz-key'], headers['x-amz-meta-x-amz-iv']];
      const digest = headers['x-amz-meta-sfc-digest'];
      const sha256 = digest === undefined ? null : Buffer.from(digest, 'base64').toString('hex');
      if (key === undefined && iv === undefined && !place.isEncrypted) return { content: body, sha256 };
      try {
        if (key === undefined || iv === undefined || material === null) throw new Error('no key');
        const decipher = decryption(material, { key, iv });
        // The decipher ends with what the reading fails with, and is what is read.
        return { content: pipeline(body, decipher, () => {}), sha256 };
      } catch {
        drop();
        throw notDecrypted();
      }
    },
  };
}

/** Storage takes its time over what is large. */
const PATIENCE = 5;

/** @throws SluiceError `warehouse_unavailable` for a place that the relay does not go to. */
function addressOf({ bucket, prefix, region, host }: StagePlace, name: string, terms: LinkTerms): URL {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const at = host ?? `s3.${region}.${domain}`;
  const account = new URL(terms.account);
  const scheme =
    isLoopback(at.replace(/:\d+$/, '')) && isLoopback(account.hostname) ? account.protocol : 'https:';
  const key = `${prefix}${name}`.split('/').map(s3Escaped);
  // In the path rather than the host's name: any bucket may stand there, whatever certificate the host has.
  const link = `${scheme}//${at}/${[bucket, ...key].join('/')}`;
  const url = URL.parse(link);
  // A name with `..` would be another place.
  if (url === null || url.href !== link || !mayFollow(link, terms))
    throw unavailable('the warehouse keeps the file at a place that the relay does not go to');
  return url;
}

function refused(status: number): SluiceError {
  if (status === 404)
    return new SluiceError('result_unavailable', 'the file is no longer in the stage', {
      advice: 'LIST shows what is',
    });
  return new SluiceError(
    'result_unavailable',
    `the storage of the stage refuses the relay (HTTP status ${status})`,
    {
      advice: 'what the warehouse gave the relay for it may have expired: send the statement again',
    },
  );
}

function notDecrypted(): SluiceError {
  return new SluiceError('result_unavailable', 'the file in the stage is not what it was sent as', {
    advice: 'have it put there again',
  });
}
