import { Utf8, vectorFromArray } from 'apache-arrow';
import { expect, it } from 'vitest';
import { arrowField, writeStream } from '../encoding/arrow/index.ts';
import { openedChunk } from '../encoding/index.ts';
import type { ResultEncoding, StatementResult } from '../warehouse/index.ts';
import { inEncodingAsked } from './encoding-asked.ts';

const column = { name: 'T', type: 'text', precision: null, scale: null, length: 10, nullable: true } as const;

function inArrow(): StatementResult {
  const [vector] = vectorFromArray(['a"b', null], new Utf8()).data;
  const bytes = writeStream([{ field: arrowField(column, new Utf8()), vectors: [vector!] }], [2]);
  const open = async () => bytes;
  return {
    columns: [column],
    encoding: 'arrow',
    chunks: (async function* () {
      yield { rowCount: 2, open };
    })(),
    kept: [
      {
        rowCount: 2,
        uncompressedSize: bytes.byteLength,
        compressedSize: 9,
        open: async () => openedChunk(bytes),
      },
    ],
    statementTypeId: 0x1000,
  };
}

async function read({ chunks, kept = [] }: StatementResult): Promise<string[]> {
  const texts: string[] = [];
  for await (const chunk of chunks) texts.push(Buffer.from(await chunk.open()).toString());
  for (const chunk of kept)
    texts.push(Buffer.from(await (await chunk.open(new AbortController().signal)).bytes()).toString());
  return texts;
}

it('what was asked for in JSON is JSON, whatever the warehouse makes of it', async () => {
  const result = inEncodingAsked(inArrow(), 'json');
  expect(result.encoding).toBe('json');
  expect(await read(result)).toEqual(['["a\\"b"],[null]', '["a\\"b"],[null]']);
});

it('says of what the warehouse keeps about how long it may be in JSON, and never less than it is', async () => {
  const given = inArrow();
  const [before] = given.kept!;
  const { kept = [] } = inEncodingAsked(given, 'json');
  expect(kept).toMatchObject([
    { rowCount: 2, uncompressedSize: 6 * before!.uncompressedSize + 2 * 48, compressedSize: null },
  ]);
  const [wide] = inEncodingAsked({ ...given, columns: [column, column, column] }, 'json').kept ?? [];
  expect(wide!.uncompressedSize).toBe(6 * before!.uncompressedSize + 2 * 3 * 48);
  const { kept: _, ...unkept } = given;
  for (const none of [{ ...given, kept: [] }, unkept] as StatementResult[])
    expect(inEncodingAsked(none, 'json').kept).toEqual([]);
});

it.each<[ResultEncoding, ResultEncoding]>([
  ['arrow', 'arrow'],
  ['json', 'arrow'],
  ['json', 'json'],
])('a result in %s stays as it is where %s was asked for', (encoding, asked) => {
  const result = { ...inArrow(), encoding };
  expect(inEncodingAsked(result, asked)).toBe(result);
});
