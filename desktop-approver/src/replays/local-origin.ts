import {
  ABOUT,
  API_VERSION,
  API_VERSION_HEADER,
  type ErrorCode,
  type EventBody,
  PROBLEM_TYPE,
  problemFor,
  type RecordedEvent,
  type Route,
  ROUTES,
  type SessionSummary,
} from '@sluice/contract';
import { troubleOf } from '../relays/trouble.ts';
import type { LibraryThread } from './open-library-thread.ts';
import { isOf, type SessionFilter } from './session-filter.ts';

export interface LocalOrigin {
  readonly library: LibraryThread;
  /** Verifier keys of the witnesses that are known of a log. */
  readonly witnessesOf: (log: string) => Promise<readonly string[]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Answers what pages of sessions, replays and proofs ask, from what was downloaded, in the contract's forms. Everything else takes the relay, and is
 * refused with a problem that says so.
 */
export function localOrigin({
  library,
  witnessesOf,
  now,
}: LocalOrigin): (request: Request) => Promise<Response> {
  const answers: readonly Answer[] = [
    answer(ROUTES.about.read, async () => json(ABOUT)),
    answer(ROUTES.about.signIn, async () => json({ places: [] })),
    answer(ROUTES.people.self, async () => json(NOBODY)),
    answer(ROUTES.sessions.list, async ({ query }) =>
      json(listed(await library.list(), query as unknown as ListQuery)),
    ),
    answer(ROUTES.sessions.search, async ({ query }) => {
      const found = await library.search(query as never);
      return found === null
        ? refusal('request_malformed', 'a table, a rule or words are looked for, one at a time')
        : json(found);
    }),
    answer(ROUTES.sessions.events, async ({ params, query }) => {
      const session = params['id']!;
      if ((await library.find(session)) === null) return unknown();
      await library.use(session, now());
      return file(
        'application/x-ndjson',
        linesOf(library, session, { kind: 'event', seq: Number(query['after']) }, eventIn),
      );
    }),
    answer(ROUTES.sessions.payload, async ({ params }) => payloadAt(library, params)),
    answer(ROUTES.sessions.export, async ({ params }) => {
      const session = params['id']!;
      if ((await library.find(session)) === null) return unknown();
      await library.use(session, now());
      return file(
        'application/x-ndjson',
        linesOf(library, session, { seq: -1 }, (text) => text),
      );
    }),
    answer(ROUTES.checkpoints.keys, async ({ query }) => {
      const session = query['session'];
      const kept = typeof session === 'string' ? await library.find(session) : null;
      if (kept === null) return unknown();
      const witnesses = await witnessesOf(kept.log);
      return json({ version: 1, log: kept.log, keys: [kept.key], witnesses });
    }),
  ];
  return async (request) => {
    try {
      return (await answerOf(answers, request)) ?? refusal('request_unsupported', AWAY, AWAY_ADVICE);
    } catch (error) {
      const { message, advice } = troubleOf(error);
      return refusal('internal', message, advice);
    }
  };
}

interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly give: (asked: Asked) => Promise<Response>;
}

function answer(route: Route, give: Answer['give']): Answer {
  const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
  return { route, pattern, give };
}

/** Null when none of them is asked for. */
async function answerOf(answers: readonly Answer[], request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  // In the order of the table: a name stands before what any name would match.
  for (const { route, pattern, give } of answers) {
    const match = request.method === route.method ? pattern.exec(url.pathname) : null;
    if (match === null) continue;
    const params = { ...match.groups };
    if (route.params?.schema.safeParse(params).success === false) return unknown();
    const query = route.query?.safeParse(Object.fromEntries(url.searchParams));
    if (query?.success === false)
      return refusal('request_malformed', 'the question is not one of this route');
    return await give({ params, query: query?.data ?? {} });
  }
  return null;
}

interface ListQuery extends SessionFilter {
  readonly since?: string;
  readonly before?: string;
  readonly limit: number;
  readonly cursor?: string;
}

function listed(kept: readonly { readonly summary: SessionSummary }[], query: ListQuery) {
  const all = kept
    .map(({ summary }) => summary)
    .filter((summary) => isOf(summary, query) && wasOpened(summary, query));
  const from = query.cursor === undefined ? 0 : all.findIndex(({ session }) => session === query.cursor) + 1;
  const sessions = all.slice(from, from + query.limit);
  const isLast = from + query.limit >= all.length;
  return { version: 1, whose: 'all', sessions, next: isLast ? null : sessions.at(-1)!.session };
}

function wasOpened({ openedAt }: SessionSummary, { since, before }: ListQuery): boolean {
  const at = Date.parse(openedAt);
  return (
    (since === undefined || at >= Date.parse(since)) && (before === undefined || at < Date.parse(before))
  );
}

async function payloadAt(library: LibraryThread, params: Asked['params']): Promise<Response> {
  const session = params['id']!;
  if ((await library.find(session)) === null) return unknown();
  const text = await library.event(session, Number(params['seq']));
  const event = text === null ? null : (JSON.parse(text) as { readonly event: RecordedEvent }).event;
  const address =
    event !== null && 'body' in event ? payloadsOf(event.body)[Number(params['place'])] : undefined;
  const line = address === undefined ? null : await library.payload(session, address);
  if (line === null) {
    return refusal(
      'result_unavailable',
      'the event names no such payload, or the export was made without it',
    );
  }
  const { bytes } = JSON.parse(line) as { readonly bytes: string };
  return new Response(Buffer.from(bytes, 'base64'), { headers: headers('application/octet-stream') });
}

function payloadsOf(body: EventBody): readonly string[] {
  if (body.type === 'result' || body.type === 'chunk_returned') return body.payloads;
  return body.type === 'statement' && body.binds !== null ? [body.binds] : [];
}

function eventIn(text: string): string {
  return JSON.stringify((JSON.parse(text) as { readonly event: RecordedEvent }).event);
}

/** A page at a time, as they are read. */
function linesOf(
  library: LibraryThread,
  session: string,
  { kind, seq }: { readonly kind?: string; readonly seq: number },
  textOf: (text: string) => string,
): ReadableStream<Uint8Array> {
  let line = 0;
  return new ReadableStream({
    async pull(controller) {
      const page = await library.lines(session, { line, seq, ...(kind === undefined ? {} : { kind }) });
      if (page.length === 0) {
        controller.close();
        return;
      }
      line = page.at(-1)!.line;
      controller.enqueue(Buffer.from(page.map(({ text }) => `${textOf(text)}\n`).join('')));
    },
  });
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: headers('application/json') });
}

function file(type: string, body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: headers(type) });
}

function unknown(): Response {
  return refusal(
    'session_unknown',
    'this session is not on this computer',
    'download it where there is the relay',
  );
}

function refusal(code: ErrorCode, detail: string, advice = ''): Response {
  const problem = problemFor(code, { detail, advice });
  return new Response(JSON.stringify(problem), { status: problem.status, headers: headers(PROBLEM_TYPE) });
}

function headers(type: string): Record<string, string> {
  return { 'content-type': type, 'cache-control': 'no-store', [API_VERSION_HEADER]: String(API_VERSION) };
}

const AWAY = 'this is not available without the relay: here are only sessions that were downloaded';
const AWAY_ADVICE = 'open the relay’s own window';

/** Whoever has this computer. */
const NOBODY = {
  version: 1,
  identity: { id: 'local', issuer: 'local', subject: 'local', name: '', groups: [], kind: 'person' },
  purpose: 'decide',
  may: { audit: false, revoke: false },
};
