import type { ObjectName, Understood } from '@sluice/snowflake-sql';
import { encodeRows, parseRows } from '../encoding/index.ts';
import { shown, type ShownText, word } from '../text/index.ts';
import type { ResultChunk } from '../warehouse/index.ts';
import { assessStatement, type AssessingParts } from './assess-statement.ts';
import { wholeOf } from './browse-object.ts';
import type { ExecutedResult } from './execute-statement.ts';
import type { Authorization } from './parts.ts';
import type { SessionContext } from './session-context.ts';
import type { StatementRequest } from './statement-request.ts';

/**
 * DESCRIBE TABLE says which masking policy each column has. For whoever asks here, it is what they would get of it: the
 * one place where every driver, and whatever reads tables through one, can see that a column is masked.
 */
export async function tellMasks(
  parts: AssessingParts,
  { session, queryId }: Pick<StatementRequest, 'session' | 'queryId'>,
  context: SessionContext,
  { understanding }: Pick<Authorization, 'understanding'>,
  result: ExecutedResult,
  signal: AbortSignal,
): Promise<ExecutedResult> {
  const object = describedIn(understanding);
  const [name, policy] = ['name', 'policy name'].map((title) =>
    result.columns.findIndex((column) => column.name === title),
  ) as [number, number];
  if (object === null || name === -1 || policy === -1 || result.encoding !== 'json') return result;
  // First: in a transaction of its client, the session looks nothing up before the result has been read.
  const chunks = await readWhole(result.chunks);
  const { decision, understanding: whole } = await assessStatement(
    parts,
    wholeOf(session, object, queryId),
    context,
    signal,
  );
  if (decision.effect === 'block' || decision.effect === 'allow' || !whole.understood)
    return { ...result, chunks: rewritten(chunks, (rows) => rows) };
  const masks = new Map(
    decision.masks.map((mask): [string, ShownText] => [
      whole.outputs[mask.output]!.name,
      shown`masked by Sluice: ${word(mask.policy.method)}, because of ${mask.because}`,
    ]),
  );
  const told = (row: (string | null)[]) =>
    row.with(policy, masks.get(row[name] ?? '') ?? row[policy] ?? null);
  return { ...result, chunks: rewritten(chunks, (rows) => rows.map(told)) };
}

/** The one table or view that is described. */
function describedIn({ kind, objects }: Understood): ObjectName | null {
  if (kind.name !== 'describe') return null;
  const [only, ...others] = objects.filter(({ type }) => type === 'table' || type === 'view');
  return others.length > 0 ? null : (only?.name ?? null);
}

interface ReadChunk {
  readonly chunk: ResultChunk;
  readonly bytes: Uint8Array;
}

/** As many rows as the object has columns. */
async function readWhole(chunks: AsyncIterable<ResultChunk>): Promise<readonly ReadChunk[]> {
  const read: ReadChunk[] = [];
  for await (const chunk of chunks) read.push({ chunk, bytes: await chunk.open() });
  return read;
}

async function* rewritten(
  chunks: readonly ReadChunk[],
  change: (rows: (string | null)[][]) => (string | null)[][],
): AsyncGenerator<ResultChunk> {
  for (const { chunk, bytes } of chunks)
    yield { ...chunk, open: async () => encodeRows(change(parseRows(bytes))) };
}
