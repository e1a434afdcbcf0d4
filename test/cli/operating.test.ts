import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { freePort } from '../support/free-port.ts';
import { runSluice } from '../support/run-sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { recordedPlace } from './recorded-place.ts';

const folder = temporaryFolder();
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => issuer.close());

const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const isNarrow = (out: string) => out.split('\n').every((line) => line.length <= 80);

it(
  'operates the record from a terminal, as a person and as a program reads it',
  { timeout: 240_000 },
  async () => {
    const rules = [{ name: 'results', removes: 'payloads', afterDays: 90 }];
    const place = await recordedPlace(folder, issuer, { retention: { at: '03:00', rules } });
    const alan = await place.as('alan');

    const taken = await alan('checkpoint', 'take');
    expect(taken).toMatchObject({ code: 0, err: '' });
    const kept = join(place.data, 'kept.note');
    writeFileSync(kept, taken.out);
    const size = Number(taken.out.split('\n')[1]);
    expect((await alan('checkpoint', 'show', String(size))).out).toBe(taken.out);
    expect(lines((await alan('checkpoint', 'list', '--limit', '1', '--json')).out)).toMatchObject([{ size }]);
    expect(await alan('checkpoint', 'show', '999999')).toMatchObject({ code: 1, out: '' });

    expect((await alan('hold', 'list')).out).toContain('no session is under legal hold');
    const dry = await alan('hold', 'set', place.session, '--reason', 'case 12', '--dry-run', '--json');
    expect(lines(dry.out)).toEqual([{ sessions: 1, changed: 1, dryRun: true }]);
    expect((await alan('hold', 'set', place.session, '--reason', 'case 12')).code).toBe(0);
    expect(lines((await alan('hold', 'list', '--json')).out)).toMatchObject([{ session: place.session }]);
    expect((await alan('hold', 'release', place.session, '--reason', 'closed')).out).toContain(
      '1 of 1 sessions',
    );
    expect(await alan('hold', 'set', '--reason', 'x')).toMatchObject({ code: 2, out: '' });
    expect(await alan('hold', 'set', place.session)).toMatchObject({ code: 2, out: '' });

    const found = await alan('sessions', 'search', 'first', '--json');
    expect(lines(found.out)).toMatchObject([{ event: { session: place.session } }]);
    const none = await alan('sessions', 'search', 'nowhere');
    expect(none).toMatchObject({ code: 0, out: 'nothing was found\n' });

    expect((await alan('retention', 'run', '--dry-run')).code).toBe(0);
    expect(await alan('retention', 'run')).toMatchObject({
      code: 2,
      err: expect.stringContaining('why now') as string,
    });
    const early = await alan('retention', 'run', '--reason', 'the disk');
    expect(early).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('less than a day') as string,
    });
    const status = await alan('retention', 'status');
    expect(status).toMatchObject({
      code: 0,
      out: expect.stringContaining('every day at 03:00 UTC') as string,
    });
    expect(lines((await alan('retention', 'status', '--json')).out)).toMatchObject([{ rules }]);

    expect(await alan('devices', 'repair', '--reason', 'x', '--dry-run')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('there is nothing to repair') as string,
    });

    // Who may not is told so, and nothing is printed.
    const ada = await place.as('ada');
    for (const args of [
      ['checkpoint', 'take'],
      ['hold', 'list'],
      ['hold', 'set', place.session, '--reason', 'x'],
      ['sessions', 'search', 'first'],
      ['retention', 'run', '--dry-run'],
      ['retention', 'status'],
      ['devices', 'repair', '--reason', 'x'],
    ]) {
      const refused = await ada(...args);
      expect({ args, code: refused.code, out: refused.out }).toEqual({ args, code: 1, out: '' });
      expect(refused.err).toMatch(/only (?:auditors|record keepers)/);
    }
    // Who searched is on the record.
    const { relaySession } = (await place.relay.store.events.log())!;
    const notices = (await place.relay.store.events.ofTypes(relaySession, ['notice'])).map(
      ({ body }) => JSON.parse(body!) as { what: string; detail: Record<string, string> },
    );
    const searched = notices.filter(({ what }) => what === 'record_searched');
    expect(searched.map(({ detail }) => [detail['by']!.split('|')[1], detail['text']])).toEqual([
      ['alan', 'first'],
      ['alan', 'nowhere'],
    ]);
    expect(notices.filter(({ what }) => what === 'retention_rules')).toHaveLength(1);

    await place.stop();
    const file = join(place.data, 'session.sluice');
    const { data, key } = place;
    expect((await runSluice(['export', place.session, '--data', data, '-o', file])).code).toBe(0);
    const same = await runSluice(['verify', file, place.files.database, '--key', key]);
    expect(same.code).toBe(0);
    const grown = Number((await newest(file)).split('\n')[1]);
    const proof = await runSluice(['consistency', String(size), String(grown), '--data', data]);
    expect(proof.out).toMatch(new RegExp(`^consistency ${size} ${grown}\n`));
    const proofFile = join(data, 'proof');
    writeFileSync(proofFile, proof.out);
    // The export shows that the log goes on from earlier checkpoints by itself; a proof does no harm.
    expect((await runSluice(['verify', kept, file, '--key', key])).code).toBe(0);
    expect((await runSluice(['verify', kept, file, '--key', key, '--proof', proofFile])).code).toBe(0);
    const log = await runSluice(['log-key', relaySession, key]);
    expect(log.out).toMatch(/^sluice\/log\/[0-9a-f-]{36}\+[0-9a-f]{8}\+\S+\n$/);
    expect(await runSluice(['accept-loss', '--data', data, '--reason', 'x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('has lost none') as string,
    });
    expect([none, status].every(({ out }) => isNarrow(out))).toBe(true);
  },
);

async function newest(file: string): Promise<string> {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((each) => each.includes('"kind":"checkpoint"'))!;
  return (JSON.parse(line) as { note: string }).note;
}

it.each([
  ['checkpoint', 'take'],
  ['hold', 'list'],
  ['sessions', 'search', 'x'],
  ['retention', 'status'],
  ['devices', 'repair', '--reason', 'x'],
])('says that no relay answers: %s %s', async (...args) => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const named = args.filter((each) => typeof each === 'string');
  const ran = await runSluice([...named, '--url', url, '--token', 'x']);
  expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('does not answer') as string });
  const nobody = await runSluice(named);
  expect(nobody).toMatchObject({ code: 2, out: '', err: expect.stringContaining('which relay') as string });
});

it.each([
  [['consistency', '1', '2', '--data', '/nowhere'], 'there is no record'],
  [['accept-loss', '--data', '/nowhere', '--reason', 'x'], 'there is no record'],
  [['accept-loss', '--data', '/nowhere'], '--reason'],
  [['log-key', 'x'], 'missing required argument'],
  [['checkpoint', 'list', '--limit', 'x'], 'whole number'],
  [['verify'], '--key'],
])('refuses %j', async (args, why) => {
  expect(await runSluice(args)).toMatchObject({ code: 2, err: expect.stringContaining(why) as string });
});
