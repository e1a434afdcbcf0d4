import { rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStageFiles, type StageFiles } from '../../files/stage-files.ts';
import type { ResultColumn } from '../../result.ts';
import { createStages } from './stages.ts';
import { createTransfers } from './transfers.ts';
import { unloadInto } from './unload.ts';

const TEXT: ResultColumn = {
  name: 'T',
  type: 'text',
  nullable: true,
  precision: null,
  scale: null,
  length: 10,
};
const S = { database: 'D', schema: 'X', name: 'S' };

let instance: DuckDBInstance;
let kept: StageFiles;
beforeEach(async () => {
  instance = await DuckDBInstance.create();
  kept = await openStageFiles();
});
afterEach(async () => {
  await kept.close();
  instance.closeSync();
});

/** An unload of a few rows whose file is still to be written. */
async function begun(format: Record<string, string>) {
  const stages = createStages(kept).session('ada');
  stages.make('stage', S, {}, { temporary: false, orReplace: false, ifNotExists: false });
  const files = {
    owner: 'ada',
    stages,
    kept,
    transfers: createTransfers(kept),
    opened: null,
    connect: () => instance.connect(),
  };
  const to = { stage: S, path: 'out', pattern: null, names: null, format };
  const unload = unloadInto(files, {
    kind: 'unload',
    sql: '',
    columns: [],
    showsDefinitions: false,
    to: to as never,
    isSingle: true,
    overwrites: false,
    hasHeader: false,
  });
  const open = await unload([TEXT], 'json', []);
  await open.add({ bytes: Buffer.from('["a"],[null]'), rowCount: 2 });
  return { open, files: () => kept.of('ada', stages.idOf(S)!) };
}

const FORMATS: readonly Record<string, string>[] = [
  { TYPE: 'CSV', COMPRESSION: 'NONE' },
  { TYPE: 'CSV', COMPRESSION: 'GZIP' },
  { TYPE: 'PARQUET' },
];

it.each(FORMATS)('gives the stage a file: %j', async (format) => {
  const { open, files } = await begun(format);
  await open.finish();
  expect(files()).toMatchObject([{ name: 'out' }]);
});

it.each(FORMATS)('fails with the file that cannot be written: %j', async (format) => {
  const { open, files } = await begun(format);
  await rm(kept.directory, { recursive: true });
  await expect(open.finish()).rejects.toThrow(/no such file|No such file/);
  expect(files()).toEqual([]);
});
