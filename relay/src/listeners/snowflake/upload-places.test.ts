import { expect, it } from 'vitest';
import type { Query } from '../../queries/index.ts';
import type { SessionId } from '../../session/index.ts';
import { isFileOf } from '../../warehouse/files/file-name.ts';
import { createUploadPlaces, type UploadPlaces } from './upload-places.ts';

const SESSION = 'a' as SessionId;
type TransferResult = Parameters<UploadPlaces['note']>[1];
const PUT = "PUT 'file:///home/ada/a.csv' @IN/x OVERWRITE = TRUE";

function noted(sql = PUT, local = '/home/ada/a.csv', describeOnly = false) {
  const places = createUploadPlaces();
  const place = (name: string) => (isFileOf(local, name, true) ? `token of ${name}` : null);
  places.note(
    { session: { id: SESSION }, sql, describeOnly } as unknown as Query,
    { transfer: { what: 'upload', local, token: 'first', place } } as unknown as TransferResult,
  );
  return places;
}

it.each(['a.csv', 'a.csv.gz'])('are given for %s, as its driver calls it, as often as it asks', (name) => {
  const places = noted();
  const asked = PUT.replace('/home/ada/a.csv', name);
  for (let times = 0; times < 2; times += 1)
    expect(places.find(SESSION, asked)?.result.transfer).toMatchObject({
      local: name,
      token: `token of ${name}`,
    });
});

it('are given for a file behind the folder of the path, as gosnowflake calls it', () => {
  const asked = PUT.replace('a.csv', 'a.csv.gz');
  expect(noted().find(SESSION, asked)?.result.transfer).toMatchObject({
    local: '/home/ada/a.csv.gz',
    token: 'token of a.csv.gz',
  });
});

it('are given for a file of no folder', () => {
  const places = noted('PUT file://a.csv @IN', 'a.csv');
  expect(places.find(SESSION, 'PUT file://a.csv.gz @IN')?.result.transfer.token).toBe('token of a.csv.gz');
});

it('are given for each file of a pattern', () => {
  const places = noted('PUT file:///d/*.csv @IN', '/d/*.csv');
  expect(places.find(SESSION, 'PUT file://b.csv.gz @IN')?.result.transfer.token).toBe('token of b.csv.gz');
  expect(places.find(SESSION, 'PUT file://b.json @IN')).toBeNull();
});

it.each([
  ['case', 'put FILE:///home/ada/a.csv @IN', 'put FILE://a.csv @IN'],
  // Each of these letters becomes two in lower case.
  ['letters', "PUT /* İİİ */ 'file:///home/ada/a.csv' @IN/İ", "PUT /* İİİ */ 'file://a.csv' @IN/İ"],
  ['signs that mean something in patterns', 'PUT file:///d/(a+)[1].csv @IN', 'PUT file://(a+)[1].csv @IN'],
])('are given whatever the %s of the text', (_title, sql, asked) => {
  const local = sql.includes('/d/') ? '/d/(a+)[1].csv' : '/home/ada/a.csv';
  const name = local.split('/').at(-1);
  expect(noted(sql, local).find(SESSION, asked)?.result.transfer).toMatchObject({
    local: name,
    token: `token of ${name}`,
  });
});

it('are not given where the path does not stand in the text, or another does', () => {
  expect(noted(PUT, '/home/ada/b.csv').find(SESSION, PUT.replace('/home/ada/a.csv', 'b.csv'))).toBeNull();
  expect(noted(PUT, '/home.ada/a.csv').find(SESSION, PUT.replace('/home/ada/a.csv', 'a.csv'))).toBeNull();
  // What stands before the path and what stands behind it would be the same few letters.
  expect(noted('PUT file://* file:// @IN', '*').find(SESSION, 'PUT file:// @IN')).toBeNull();
});

it('are of files that are sent, not of those that are got', () => {
  const places = createUploadPlaces();
  const transfer = { what: 'download', local: '/tmp/', parallel: 4, files: [] };
  const query = { session: { id: SESSION }, sql: 'GET @IN file:///tmp/', describeOnly: false };
  places.note(query as unknown as Query, { transfer } as unknown as TransferResult);
  expect(places.find(SESSION, 'GET @IN file://x')).toBeNull();
});

it.each([
  ['another file', PUT.replace('/home/ada/a.csv', 'b.csv')],
  ['a file elsewhere', PUT.replace('/home/ada/a.csv', '../a.csv')],
  ['a file of its name in another folder', PUT.replace('/home/ada/', '/home/eve/')],
  ['a file below the folder', PUT.replace('/home/ada/', '/home/ada/more/')],
  ['a file beside the folder', PUT.replace('/home/ada/', '/home/ada/../eve/')],
  ['another stage', PUT.replace('/home/ada/a.csv', 'a.csv').replace('@IN', '@OUT')],
  ['a stage whose name is as long', PUT.replace('/home/ada/a.csv', 'a.csv').replace('@IN', '@UP')],
  ['another path', PUT.replace('/home/ada/a.csv', "a.csv' @IN/y -- ")],
  ['other options', PUT.replace('/home/ada/a.csv', 'a.csv').replace('TRUE', 'FALSE')],
  ['another statement', 'SELECT 1'],
])('are not given for %s, which is decided on by itself, and ends what was', (_title, sql) => {
  const places = noted();
  expect(places.find(SESSION, sql)).toBeNull();
  expect(places.find(SESSION, PUT.replace('/home/ada/a.csv', 'a.csv'))).toBeNull();
});

it('are of one session, and of what has run', () => {
  const asked = PUT.replace('/home/ada/a.csv', 'a.csv');
  expect(noted().find('b' as SessionId, asked)).toBeNull();
  expect(noted(PUT, '/home/ada/a.csv', true).find(SESSION, asked)).toBeNull();
});
