import { expect, it } from 'vitest';
import { parseRows } from '../../relay/src/encoding/index.ts';
import { resultOf } from '../../relay/src/warehouse/snowflake/results.ts';
import { arrowRows } from '../upstream/arrow-rows.ts';

const column = { name: 'A', type: 'text', nullable: true, precision: null, scale: null, length: 10 } as const;
const bytes = () => new Uint8Array(arrowRows([{ name: 'A', type: 'text', length: 10 }], [['x'], [null]]));
const answer = {
  queryId: 'q',
  statementTypeId: 4_096,
  columns: [column],
  encoding: 'arrow',
  total: 2,
  state: { database: null, schema: null, warehouse: null, role: null },
  first: { rowCount: 2, open: async () => bytes() },
  kept: [],
} as const;

it('gives a client that reads JSON nothing else, whatever the account answers', async () => {
  const { encoding, chunks } = resultOf(answer, { kind: 'query' }, 'json');
  const [chunk] = await Array.fromAsync(chunks);
  expect([encoding, parseRows(await chunk!.open())]).toEqual(['json', [['x'], [null]]]);
  const kept = [{ rowCount: 1, uncompressedSize: 1, compressedSize: null, open: async () => bytes() }];
  expect(() => resultOf({ ...answer, kept }, { kind: 'query' }, 'json')).toThrow('Arrow');
});

it('gives a client that reads Arrow the bytes as they came', async () => {
  const { encoding, chunks } = resultOf(answer, { kind: 'query' }, 'arrow');
  const [chunk] = await Array.fromAsync(chunks);
  expect([encoding, await chunk!.open()]).toEqual(['arrow', bytes()]);
});
