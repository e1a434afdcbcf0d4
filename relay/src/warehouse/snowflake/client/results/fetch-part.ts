import { isUtf8 } from 'node:buffer';
import { type OpenedChunk, openedChunk } from '../../../../encoding/index.ts';
import type { ResultColumn, ResultEncoding } from '../../../result.ts';
import { scanRows } from '../answers/json-rowset.ts';
import type { ResultLink, ResultLinks } from '../answers/result-data.ts';
import { unavailable } from '../failures/unavailable.ts';
import { decompressed, type HttpClient, TransportError } from '../http.ts';
import type { ClientLimits } from '../limits.ts';
import { type LinkTerms, mayFollow } from './link-check.ts';

/** A part as it was fetched, or that its link leads nowhere any more. */
export type FetchedPart = OpenedChunk | 'expired';

export interface FetchPartOptions {
  readonly http: HttpClient;
  readonly limits: Pick<ClientLimits, 'partMs' | 'partIdleMs' | 'partBytes'>;
  readonly terms: LinkTerms;
  /** What never leaves for storage, whatever an answer says. */
  readonly secrets: () => readonly string[];
}

export interface PartShape {
  readonly columns: readonly ResultColumn[];
  readonly encoding: ResultEncoding;
}

/** Fetches a part once, and takes it only if it is whole: of as many rows as were listed, each as wide as the columns are. */
export type FetchPart = (
  link: ResultLink,
  headers: ResultLinks['headers'],
  shape: PartShape,
  signal: AbortSignal,
) => Promise<FetchedPart>;

/** @throws by `FetchPart`: TransportError; SluiceError `warehouse_unavailable`; what `signal` is aborted for. */
export function createFetchPart({ http, limits, terms, secrets }: FetchPartOptions): FetchPart {
  return async (link, headers, shape, signal) => {
    if (!mayFollow(link.url, terms) || !isHarmless(link.url, headers, secrets())) {
      throw unavailable('the warehouse keeps the rows at a place that the relay does not go to');
    }
    const mostBytes = Math.min(limits.partBytes, Math.max(link.uncompressedSize, 1));
    const { status, bytes, compressed } = await http.send(
      {
        method: 'GET',
        url: link.url,
        headers: { ...headers, 'accept-encoding': 'gzip' },
        withinMs: limits.partMs,
        idleMs: limits.partIdleMs,
        // What is stored compressed, and does not say so, may be larger than what is in it.
        mostBytes: mostBytes + 1_024,
      },
      signal,
    );
    if (status === 408 || status === 429 || status >= 500) throw new TransportError(String(status), true);
    if (status >= 400) return 'expired';
    if (status !== 200) throw new TransportError(String(status), true);
    const isStoredCompressed = isGzip(bytes);
    const whole = isStoredCompressed ? await decompressed(bytes, mostBytes) : bytes;
    const rows = await wholeRows(whole, link, shape);
    const gzip = isStoredCompressed ? (compressed === null ? bytes : null) : compressed;
    const isAsItCame = gzip !== null && rows.byteLength === whole.length && isOneMember(gzip, whole.length);
    return openedChunk(rows, isAsItCame ? gzip : null);
  };
}

/** Rows begin with a bracket, and Arrow streams with a length. */
function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Whether it is one member of so many bytes, and nothing else: no name or comment, no other member, nothing behind it. What is passed
 * on as it is has been read whole.
 */
function isOneMember(bytes: Buffer, length: number): boolean {
  return bytes.length >= 18 && bytes[3] === 0 && bytes.readUInt32LE(bytes.length - 4) === length % 2 ** 32;
}

async function wholeRows(
  bytes: Buffer,
  { rowCount, uncompressedSize }: ResultLink,
  { columns, encoding }: PartShape,
): Promise<Uint8Array> {
  // Fewer bytes may be as many rows; more than were listed, nothing has been counted for.
  if (bytes.length > uncompressedSize) throw new TransportError('size', true);
  if (encoding === 'json') {
    const rows = scanRows(bytes, 0, columns.length, false);
    if (rows === null || rows.rowCount !== rowCount || !isUtf8(bytes)) throw new TransportError('rows', true);
    return rows.bytes;
  }
  const { countArrowRows } = await import('../answers/arrow-rows.ts');
  if (countArrowRows(bytes, columns) !== rowCount) throw new TransportError('rows', true);
  return bytes;
}

/** A shorter token stands in any text by chance; no account gives one. */
const LEAST = 8;
const NAME = /^[A-Za-z0-9-]{1,100}$/;
const VALUE = /^[\x20-\x7e]{0,8192}$/;
/** These say where a request goes, or are the client's own to say. */
const NOT_THEIRS =
  /^(?:host|connection|content-length|transfer-encoding|te|upgrade|expect|accept-encoding|proxy-.*)$/i;

function isHarmless(url: string, headers: ResultLinks['headers'], secrets: readonly string[]): boolean {
  const texts = [url, ...Object.values(headers)];
  return (
    Object.entries(headers).every(
      ([name, value]) => NAME.test(name) && !NOT_THEIRS.test(name) && VALUE.test(value),
    ) && !texts.some((text) => secrets.some((secret) => secret.length >= LEAST && text.includes(secret)))
  );
}
