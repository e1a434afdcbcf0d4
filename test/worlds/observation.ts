import type { Answer, Row } from './answer.ts';
import { wasAsked } from './answer.ts';

/**
 * One world's answers as texts that the other's must equal. Tokens and ids are told by the order in which a
 * session sees them first, so that equal texts mean equality up to renaming.
 */
export interface Observer {
  observe(answer: Answer): readonly Observed[];
}

/** One thing that leaves the relay. */
export interface Observed {
  readonly what:
    'decision' | 'asking' | 'error' | 'shape' | 'rows' | 'order' | 'bytes' | 'count' | 'record' | 'metrics';
  readonly text: string;
}

export function createObserver(): Observer {
  const tokens = namer('token');
  const ids = namer('id');
  const plain = (value: unknown) =>
    JSON.stringify(value)
      .replaceAll(TOKEN, tokens)
      .replaceAll(UUID, ids)
      // What the record is bound by: digests of ids, salts and of what is compared itself.
      .replaceAll(DIGEST, 'digest');
  const rows = (value: unknown) => JSON.stringify(value).replaceAll(TOKEN, tokens);

  return {
    observe(answer) {
      const { result, events, views, progress, payloads, volumes, metrics } = answer;
      const decided = [
        { what: 'decision', text: plain(events.filter(({ type }) => BEFORE.has(type))) },
        { what: 'asking', text: plain([views, progress[0]]) },
      ] as const;
      // What people agreed to may tell what they agreed that it tells.
      if (wasAsked(answer)) return decided;

      const tokenColumns = tokenOutputs(answer);
      const timed = result.columns.map(({ name }) => MOMENTS.has(name));
      const isUnload = result.columns.some(({ name }) => name === 'output_bytes');
      const batches = result.batches.map((batch) =>
        withoutTime(renamed(isUnload ? withoutSizes(batch) : batch, tokenColumns), timed),
      );
      const all = batches.flat().map((row) => JSON.stringify(row));
      const isSecret = isInSecretOrder(answer);
      return [
        ...decided,
        { what: 'error', text: plain(result.error) },
        { what: 'shape', text: rows([result.columns, result.more]) },
        { what: 'count', text: isSecret ? '' : rows(batches.map(({ length }) => length)) },
        { what: 'rows', text: rows(batches.length === 0 ? [] : all.map(withoutTokens).sort()) },
        { what: 'order', text: isSecret ? '' : rows(all) },
        { what: 'bytes', text: isSecret ? '' : bytesOf(answer, tokenColumns.size > 0) },
        {
          what: 'record',
          text: plain([
            events.map(withoutChance(tokenColumns.size > 0, isSecret)),
            progress,
            isSecret ? 0 : payloads.length,
          ]),
        },
        { what: 'metrics', text: tokenColumns.size > 0 || isSecret ? '' : plain(volumes) },
        { what: 'metrics', text: metrics },
      ];
    },
  };
}

/**
 * Rows that a window puts together by tokens come in the order of those, which is made of the session's own secret; so do those that
 * an outer join by tokens finds nothing beside.
 */
export function isInSecretOrder({ events }: Answer): boolean {
  return (
    events.some((event) => event.type === 'decision' && (event.computedOn?.rows ?? null) !== null) &&
    events.some((event) => event.type === 'statement' && /\b(?:PARTITION|FULL|LEFT|RIGHT)\b/i.test(event.sql))
  );
}

const BEFORE: ReadonlySet<string> = new Set(['statement', 'understanding', 'decision', 'blocked']);
const TOKEN = /tok_[a-z2-7]{8,20}/g;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const DIGEST = /[0-9a-f]{64}|[0-9a-f]{32}/g;

/** Sorted before tokens have their names, rows must not be sorted by them. */
function withoutTokens(row: string): string {
  return row.replaceAll(TOKEN, 'token');
}

/** Columns whose mask is a token: a number's token looks like any number. */
function tokenOutputs({ events, result }: Answer): ReadonlySet<number> {
  const masks = events.flatMap((event) => (event.type === 'decision' ? event.masks : []));
  return new Set(
    masks
      .filter(({ output, method }) => method === 'token' && result.columns[output]?.type !== 'text')
      .map(({ output }) => output),
  );
}

/**
 * Arrow as it lies in memory. Where there are tokens, which differ, its schema alone; and where a moment or an id is
 * told, which differ too.
 */
function bytesOf({ result: { streams, batches } }: Answer, hasTokens: boolean): string {
  const differs = hasTokens || DIFFERS.test(JSON.stringify(batches));
  return streams
    .map((stream) => {
      const head = 8 + new DataView(stream.buffer, stream.byteOffset).getUint32(4, true);
      return Buffer.from(differs ? stream.subarray(0, head) : stream).toString('latin1');
    })
    .join();
}

const DIFFERS = /tok_|[0-9a-f]{8}-[0-9a-f]{4}-/;

function renamed(rows: readonly Row[], columns: ReadonlySet<number>): readonly Row[] {
  if (columns.size === 0) return rows;
  const names = new Map([...columns].map((column) => [column, namer('number')]));
  return rows.map((row) =>
    row.map((cell, index) =>
      cell === null || /[{[]/.test(cell) ? cell : (names.get(index)?.(cell) ?? cell),
    ),
  );
}

/** SHOW tells when a thing was made, which is a moment later in the second world. */
function withoutTime(rows: readonly Row[], timed: readonly boolean[]): readonly Row[] {
  return rows.map((row) => row.map((cell, index) => (timed[index] === true ? 'then' : cell)));
}

const MOMENTS: ReadonlySet<string> = new Set(['created_on', 'updated_on']);

/** The file of an unload is as large as its tokens make it: what is in it is read and compared. */
function withoutSizes(rows: readonly Row[]): readonly Row[] {
  return rows.map(([count = null]) => [count, 'bytes', 'bytes']);
}

/** A number's token has as many digits as it happens to have; and rows in secret order come in other chunks. */
function withoutChance(areTokens: boolean, isSecret: boolean) {
  return (event: Answer['events'][number]) =>
    event.type === 'result' && (areTokens || isSecret)
      ? { ...event, bytes: 0, ...(isSecret && { payloads: [] }) }
      : event;
}

function namer(prefix: string): (value: string) => string {
  const names = new Map<string, string>();
  return (value) => {
    const known = names.get(value) ?? `${prefix}#${names.size + 1}`;
    names.set(value, known);
    return known;
  };
}
