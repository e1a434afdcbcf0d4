import { expect, it } from 'vitest';
import type { OutputColumn } from '@sluice/snowflake-sql';
import { intoStage } from './into-stage.ts';

type Given = Parameters<typeof intoStage>;

const EMAIL = {
  column: { object: { database: 'D', schema: 'S', name: 'PEOPLE' }, column: 'EMAIL' },
  how: 'direct',
} as const;

async function* chunks() {
  yield { rowCount: 1, bytes: Buffer.from('[["***"]]') };
}

/** What of an unload the files are told of, for outputs that come from these. */
async function unloaded(outputs: readonly Partial<OutputColumn>[]) {
  const told: unknown[] = [];
  const unload = async (...[columns, encoding, sources]: readonly unknown[]) => {
    told.push({ columns, encoding, sources });
    return {
      add: async (chunk: unknown) => void told.push(chunk),
      finish: async () => ({ columns: [], encoding: 'json', chunks: none(), statementTypeId: 1 }),
      abandon: () => void told.push('abandoned'),
    };
  };
  const [authorization, result, outcome] = [
    { understanding: { outputs } },
    { unload },
    { columns: [], encoding: 'json', chunks: chunks() },
  ] as unknown as Given;
  await intoStage(authorization, result, outcome);
  return told;
}

async function* none() {}

it('tells the stage which columns a file is made of, each in any part of it', async () => {
  const [told, chunk] = await unloaded([{ name: 'E', sources: [EMAIL] }]);
  expect(told).toMatchObject({ sources: [{ ...EMAIL, how: 'expression' }] });
  expect(chunk).toMatchObject({ rowCount: 1 });
});

it('does not unload what is of unknown origin: nobody could tell it later', async () => {
  const unresolved = { text: 'V', range: { start: 0, end: 1 } };
  await expect(unloaded([{ name: 'E', sources: [], unresolved } as never])).rejects.toMatchObject({
    code: 'unsupported_by_warehouse',
  });
});
