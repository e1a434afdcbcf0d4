import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { unavailable, untrusted } from './failures/unavailable.ts';
import { dispatcherThrough, type ProxySettings } from './proxy.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long all of it may take. Milliseconds. */
  readonly withinMs: number;
  /** How long nothing at all may come; by default as long as all of it. Milliseconds. */
  readonly idleMs?: number;
  /** Bytes of the answer at most, decompressed. */
  readonly mostBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Decompressed where the answer says that it is compressed. */
  readonly bytes: Buffer;
  /** As they came, where they were compressed. */
  readonly compressed: Buffer | null;
  /** Seconds or a date, as the header has it. */
  readonly retryAfter: string | undefined;
}

export interface FileRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readable;
  /** How long nothing at all may come. Milliseconds. */
  readonly idleMs: number;
}

export interface FileAnswer {
  readonly status: number;
  /** Those that were sent once, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it comes. It is read, or dropped. */
  readonly body: Readable;
  drop(): void;
}

/** No answer came, or no whole one. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** Whether the request may have arrived all the same. */
  readonly mayHaveArrived: boolean;

  constructor(code: string, mayHaveArrived: boolean) {
    // Only the code: a cause could name addresses, or hold what was sent.
    super(code);
    this.mayHaveArrived = mayHaveArrived;
  }
}

export interface HttpClient {
  /**
   * Sends one request, once. Follows no redirect, so that nothing goes where an answer says.
   *
   * @throws TransportError; what `signal` is aborted for; SluiceError `warehouse_unavailable` for more than `mostBytes`.
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /**
   * The same of a file, which is never all in memory: it is sent as it is read, and what is answered is for the caller to
   * read, or to drop.
   *
   * @throws TransportError; what `signal` is aborted for.
   */
  transfer(request: FileRequest, signal: AbortSignal): Promise<FileAnswer>;
  close(): Promise<void>;
}

/**
 * Over undici itself rather than `fetch`, which is made of it: a quarter of the time of a small request, half of that of
 * a large answer, measured; and connections, timeouts and decompression are the caller's.
 */
export function createHttpClient(proxy: ProxySettings | null = null): HttpClient {
  // Each request has its own time; connections are kept for longer than it takes to think of the next statement.
  const dispatcher = dispatcherThrough(proxy, {
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    // A connection for each statement that is held, none that many of them share.
    allowH2: false,
    connect: { timeout: 10_000 },
  });
  return {
    async send({ method, url, headers, body, withinMs, idleMs = withinMs, mostBytes }, signal) {
      signal.throwIfAborted();
      const ends = new AbortController();
      const onAbort = () => ends.abort(signal.reason);
      const late = () => ends.abort(new TransportError('timeout', true));
      const timer = setTimeout(late, withinMs);
      const idle = setTimeout(late, idleMs);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const sent = request(url, {
          dispatcher,
          method,
          headers,
          signal: ends.signal,
          ...(body === undefined ? {} : { body }),
        });
        const answer = await Promise.race([sent, abortOf(ends.signal)]);
        const bytes = await readAll(answer.body, mostBytes, () => idle.refresh());
        clearTimeout(idle);
        const isCompressed = /^(?:x-)?gzip$/i.test(String(answer.headers['content-encoding'] ?? '').trim());
        return {
          status: answer.statusCode,
          bytes: isCompressed ? await decompressed(bytes, mostBytes) : bytes,
          compressed: isCompressed ? bytes : null,
          retryAfter: answer.headers['retry-after']?.toString(),
        };
      } catch (error) {
        if (ends.signal.aborted) throw ends.signal.reason;
        throw asTransportError(error);
      } finally {
        clearTimeout(timer);
        clearTimeout(idle);
        signal.removeEventListener('abort', onAbort);
      }
    },
    async transfer({ method, url, headers, body, idleMs }, signal) {
      signal.throwIfAborted();
      try {
        const sent = request(url, {
          dispatcher,
          method,
          headers,
          signal,
          headersTimeout: idleMs,
          bodyTimeout: idleMs,
          ...(body === undefined ? {} : { body }),
        });
        const answer = await Promise.race([sent, abortOf(signal)]);
        const single = Object.entries(answer.headers).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
        );
        const { body: content } = answer;
        const drop = () => void content.dump({ limit: MOST_DROPPED }).catch(() => {});
        return { status: answer.statusCode, headers: Object.fromEntries(single), body: content, drop };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw asTransportError(error);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** Rejects with what a signal is aborted for. A request that waits for a proxy's tunnel does not end by its own signal. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Bytes that are read and forgotten, so that a connection may be used again; it is closed instead where there are more. */
const MOST_DROPPED = 16 * 1024;

async function readAll(body: AsyncIterable<Buffer>, mostBytes: number, onPiece: () => void): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  onPiece();
  for await (const piece of body) {
    onPiece();
    length += piece.length;
    // Leaving the loop closes the connection.
    if (length > mostBytes) throw tooLarge();
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length);
}

const gunzipped = promisify(gunzip);

/** @throws TransportError when it is not whole; SluiceError `warehouse_unavailable` when it is too large. */
export async function decompressed(bytes: Buffer, mostBytes: number): Promise<Buffer> {
  if (bytes.length === 0) return bytes;
  const small = bytes.length <= SMALL ? smallUnpacked(bytes, Math.min(mostBytes, SMALL)) : null;
  if (small !== null) return small;
  try {
    // In one piece, if it may be: each is a turn of a thread, and is copied to the others. There is room at the end, or it is asked for more.
    // Of a part of a result, `mostBytes` are those that were listed.
    const chunkSize = Math.max(16 * 1024, Math.min(bytes.length * 16, mostBytes + 64, 16 * 1024 * 1024));
    return await gunzipped(bytes, { maxOutputLength: mostBytes, chunkSize });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new TransportError('decompression', true);
  }
}

/** Bytes, packed and unpacked; up to so many, going to another thread and back takes longer than unpacking them. */
const SMALL = 32 * 1024;

/** Null when there are more, or it is not whole: that is found out again, and said, elsewhere. */
function smallUnpacked(bytes: Buffer, most: number): Buffer | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch {
    return null;
  }
}

function tooLarge() {
  return unavailable('the warehouse answered with more than the relay takes at once');
}

/** Nothing of the request has been sent when the connection has not come about. */
const BEFORE_SENDING =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_(?:CONN|TLS)|ERR_TLS_.*)$/;

/** Nor then: it is not who it should be, and will not be when it is asked again. OpenSSL's names for it, and Node's. */
const NOT_TRUSTED = /^(?:CERT_.*|ERR_TLS_CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

function asTransportError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'SluiceError' || error instanceof TransportError)
    return error;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return new TransportError('unknown', true);
  if (NOT_TRUSTED.test(code)) return untrusted(code);
  // A proxy that makes no tunnel has passed nothing on.
  const status = /^Proxy response \((\d{3})\)/.exec(error.message)?.[1];
  if (status !== undefined) return new TransportError(`proxy answered ${status}`, false);
  return new TransportError(code, !BEFORE_SENDING.test(code));
}
