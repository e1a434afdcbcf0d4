import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { catalogName, type CatalogStage, type ColumnSource } from '@sluice/snowflake-sql';
import { openStageFiles, type StageFiles } from '../../files/stage-files.ts';
import { createStages, type Making, type Stages } from './stages.ts';

let files: StageFiles;
let stages: Stages;
beforeEach(async () => {
  files = await openStageFiles();
  stages = createStages(files);
});
afterEach(() => files.close());

const S = { database: 'D', schema: 'X', name: 'S' };
const ONCE: Making = { temporary: false, orReplace: false, ifNotExists: false };
const EMAIL: ColumnSource = {
  column: { object: { database: 'D', schema: 'X', name: 'PEOPLE' }, column: 'EMAIL' },
  how: 'expression',
};

async function put(owner: string, stage: string, name: string, sources: readonly ColumnSource[] = []) {
  const path = files.newPath();
  await writeFile(path, name);
  await files.add(owner, stage, { ...(await files.written(owner, path)), name, at: 0, sources });
}

it('remembers which columns each person’s files came from, and is another stage once there are more', async () => {
  const ada = stages.session('ada');
  ada.make('stage', S, {}, ONCE);
  const seen = (who = ada) => who.find(catalogName('stage', S)) as CatalogStage;
  const empty = seen();
  expect(empty.contents).toEqual([]);
  await put('ada', ada.idOf(S)!, 'a', [EMAIL, EMAIL]);
  expect(seen().contents).toEqual([{ name: 'a', sources: [EMAIL] }]);
  // What was decided of the empty one is decided anew.
  expect(seen().version).not.toBe(empty.version);
  expect(seen(stages.session('grace'))).toEqual(empty);
});

it('hides everybody’s stage behind a temporary one, which goes with its session', async () => {
  const [ada, again] = [stages.session('ada'), stages.session('ada')];
  ada.make('stage', S, {}, ONCE);
  const shared = ada.idOf(S);
  ada.make('stage', S, {}, { ...ONCE, temporary: true });
  expect(ada.idOf(S)).not.toBe(shared);
  expect(again.idOf(S)).toBe(shared);
  await put('ada', ada.idOf(S)!, 'a');
  await ada.close();
  expect(again.idOf(S)).toBe(shared);
  expect(files.of('ada', ada.idOf(S)!)).toEqual([]);
});

it('makes a stage once, unless it is to be replaced: then with none of its files', async () => {
  const ada = stages.session('ada');
  expect(ada.make('stage', S, {}, ONCE)).toBe('made');
  expect(() => ada.make('stage', S, {}, ONCE)).toThrow(/already exists/);
  expect(ada.make('stage', S, {}, { ...ONCE, ifNotExists: true })).toBe('kept');
  await put('ada', ada.idOf(S)!, 'a');
  const before = ada.idOf(S)!;
  ada.make('stage', S, {}, { ...ONCE, orReplace: true });
  expect(ada.idOf(S)).not.toBe(before);
  expect(files.of('ada', before)).toEqual([]);
});

it('drops a stage with everybody’s files, and says so of one that is not there', async () => {
  const ada = stages.session('ada');
  ada.make('stage', S, {}, ONCE);
  const id = ada.idOf(S)!;
  await put('grace', id, 'a');
  expect(await ada.drop('stage', S, false)).toBe('dropped');
  expect(files.of('grace', id)).toEqual([]);
  expect(await ada.drop('stage', S, true)).toBe('none');
  await expect(ada.drop('stage', S, false)).rejects.toMatchObject({ code: 'object_unknown' });
});

it('has a stage for each person and each table without its being made', () => {
  const ada = stages.session('ada');
  expect(ada.idOf({ database: '', schema: '', name: '~' })).not.toBeNull();
  expect(ada.idOf({ database: 'D', schema: 'X', name: '%T' })).not.toBeNull();
  expect(ada.idOf(S)).toBeNull();
  expect(ada.find(catalogName('stage', S))).toBeNull();
  expect(ada.find(S)).toBeUndefined();
});
