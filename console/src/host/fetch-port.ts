import { API_VERSION_HEADER } from '@sluice/contract';
import { z } from 'zod';

/**
 * `fetch` between two that can only send each other messages: a webview of an editor and the extension around it, which has
 * the token; a program beside a page and the page. What asks names a path, and what answers decides whose it is. An answer's
 * bytes come as they are asked for, so that no more of them is on the way than is read.
 */
export interface MessageEnd {
  post(message: unknown): void;
  /** Messages of others may come, too: each side takes those of its schema. */
  listen(listener: (message: unknown) => void): void;
}

const id = z.int().nonnegative();

/** What asks sends. */
const asking = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('fetch'),
    id,
    method: z.enum(['GET', 'POST', 'DELETE']),
    /** With the query, from the relay's address on. */
    path: z.string().startsWith('/').max(20_000),
    headers: z.strictObject({ accept: z.string().optional(), version: z.string().optional() }),
    body: z.string().max(4_000_000).nullable(),
  }),
  z.strictObject({ type: z.literal('fetch_more'), id }),
  z.strictObject({ type: z.literal('fetch_stop'), id }),
]);

const answering = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('fetch_answer'),
    id,
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()),
  }),
  z.strictObject({ type: z.literal('fetch_bytes'), id, bytes: z.instanceof(Uint8Array) }),
  z.strictObject({ type: z.literal('fetch_end'), id }),
  z.strictObject({ type: z.literal('fetch_failed'), id }),
]);

/** Of answers, what programs read of them. */
const HEADERS = ['content-type', 'retry-after', 'www-authenticate', API_VERSION_HEADER];

interface Waiting {
  readonly answered: (response: Response) => void;
  readonly failed: (error: Error) => void;
  body: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null;
  /** Ends the stream's wait for bytes. */
  came: () => void;
}

/** A `fetch` whose requests go to the other end. */
export function fetchOver(end: MessageEnd): typeof fetch {
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  end.listen((message) => {
    const told = answering.safeParse(message);
    const one = told.success ? waiting.get(told.data.id) : undefined;
    if (!told.success || one === undefined) return;
    take(told.data, one);
  });
  const take = (told: z.infer<typeof answering>, one: Waiting) => {
    switch (told.type) {
      case 'fetch_answer':
        one.answered(answerOf(told, one));
        return;
      case 'fetch_bytes':
        one.body?.enqueue(new Uint8Array(told.bytes));
        one.came();
        return;
      case 'fetch_end':
        waiting.delete(told.id);
        one.body?.close();
        one.came();
        return;
      case 'fetch_failed': {
        waiting.delete(told.id);
        const error = new TypeError('the relay was not reached');
        one.failed(error);
        one.body?.error(error);
        one.came();
        return;
      }
      default:
        told satisfies never;
    }
  };
  const answerOf = (told: Extract<z.infer<typeof answering>, { type: 'fetch_answer' }>, one: Waiting) => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start(controller) {
          one.body = controller;
        },
        async pull() {
          await new Promise<void>((resolve) => {
            one.came = resolve;
            end.post({ type: 'fetch_more', id: told.id });
          });
        },
        cancel: () => stop(told.id),
      },
      { highWaterMark: 0 },
    );
    const { status, headers } = told;
    return new Response(NO_BODY.has(status) ? null : body, { status, headers });
  };
  const stop = (one: number) => {
    if (waiting.delete(one)) end.post({ type: 'fetch_stop', id: one });
  };
  return async (input, init = {}) => {
    const { method = 'GET', body = null, signal } = init;
    signal?.throwIfAborted();
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const given = new Headers(init.headers);
    const [accept, version] = [given.get('accept'), given.get(API_VERSION_HEADER)];
    asked += 1;
    const id = asked;
    return await new Promise<Response>((answered, failed) => {
      const one: Waiting = { answered, failed, body: null, came: () => {} };
      waiting.set(id, one);
      signal?.addEventListener('abort', () => {
        stop(id);
        failed(signal.reason as Error);
        one.body?.error(signal.reason);
        one.came();
      });
      end.post({
        type: 'fetch',
        id,
        method: method as AskedFetch['method'],
        path: `${pathname}${search}`,
        headers: { ...(accept === null ? {} : { accept }), ...(version === null ? {} : { version }) },
        body: typeof body === 'string' ? body : null,
      } satisfies z.input<typeof asking>);
    });
  };
}

/** A request as it came from the other end, for whoever answers it. */
export interface AskedFetch {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Headers;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/**
 * Answers what the other end asks for. One that is out of hand does not take this one with it: only so many are answered at
 * once.
 *
 * @returns what ends all that is under way.
 */
export function serveFetch(end: MessageEnd, answer: (asked: AskedFetch) => Promise<Response>): () => void {
  const open = new Map<number, { readonly stop: AbortController; reader: Reader | null }>();
  end.listen((message) => {
    const told = asking.safeParse(message);
    if (!told.success) return;
    const { data } = told;
    const known = open.get(data.id);
    if (data.type === 'fetch') {
      if (known !== undefined) return;
      if (open.size >= MOST_AT_ONCE) end.post({ type: 'fetch_failed', id: data.id });
      else void begin(data);
    } else if (data.type === 'fetch_stop') {
      open.delete(data.id);
      known?.stop.abort();
    } else if (known?.reader != null) void send(data.id, known.reader);
  });
  const begin = async ({
    id,
    method,
    path,
    headers,
    body,
  }: Extract<z.infer<typeof asking>, { type: 'fetch' }>) => {
    const stop = new AbortController();
    const one = { stop, reader: null as Reader | null };
    open.set(id, one);
    const given = new Headers();
    if (headers.accept !== undefined) given.set('accept', headers.accept);
    if (headers.version !== undefined) given.set(API_VERSION_HEADER, headers.version);
    try {
      const response = await answer({ method, path, headers: given, body, signal: stop.signal });
      one.reader = (response.body ?? new Blob([]).stream()).getReader();
      const told = HEADERS.flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      end.post({ type: 'fetch_answer', id, status: response.status, headers: Object.fromEntries(told) });
    } catch {
      fail(id);
    }
  };
  const send = async (id: number, reader: Reader) => {
    try {
      const { done, value } = await reader.read();
      if (!open.has(id)) return;
      if (!done) {
        end.post({ type: 'fetch_bytes', id, bytes: value });
        return;
      }
      open.delete(id);
      end.post({ type: 'fetch_end', id });
    } catch {
      fail(id);
    }
  };
  const fail = (id: number) => {
    if (open.delete(id)) end.post({ type: 'fetch_failed', id });
  };
  return () => {
    for (const { stop } of open.values()) stop.abort();
    open.clear();
  };
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

const MOST_AT_ONCE = 64;
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
