import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventBody } from '@sluice/contract';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { openAttacker } from '../support/attacker.ts';
import { runSluice } from '../support/run-sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { recordedPlace } from './recorded-place.ts';

const folder = temporaryFolder();
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => issuer.close());

type Place = Awaited<ReturnType<typeof recordedPlace>>;
const verified = async (file: string, { key }: Place) => {
  const { code, out } = await runSluice(['verify', file, '--key', key, '--json']);
  return { code, ...(JSON.parse(out) as { intact: boolean; attested: boolean }) };
};
const notesIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"kind":"checkpoint"'))
    .map((line) => (JSON.parse(line) as { note: string }).note);
/** Another history that fits together, but for what is signed. */
const rewrite = ({ files }: Place, more: (attacker: ReturnType<typeof openAttacker>) => void = () => {}) => {
  const attacker = openAttacker(files.database);
  attacker.rewrite(attacker.find("SELECT 'the first'"), 'the first', 'another');
  attacker.rebuildSubtrees();
  more(attacker);
  attacker.close();
};

describe('with no relay on the folder', () => {
  it('signs what is there, once it has been examined', async () => {
    const place = await recordedPlace(folder, issuer);
    await place.stop();
    const file = join(place.data, 'session.sluice');
    const ran = await runSluice(['export', place.session.slice(0, 8), '--data', place.data, '-o', file]);
    expect(ran).toEqual({ code: 0, out: '', err: '' });
    expect(await verified(file, place)).toMatchObject({ code: 0, intact: true, attested: true });
    expect(readFileSync(place.files.signedHead, 'utf8')).toContain(
      JSON.stringify(notesIn(file)[0]!).slice(1, 90),
    );
  });

  it('signs nothing of a record that was rewritten', async () => {
    const place = await recordedPlace(folder, issuer);
    await place.stop();
    rewrite(place, (attacker) => attacker.run('DELETE FROM recorded_checkpoint'));
    const file = join(place.data, 'session.sluice');
    const ran = await runSluice(['export', place.session, '--data', place.data, '-o', file]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('the store does not hold') as string });
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
  });

  it('signs nothing when it cannot be known what the relay has signed', async () => {
    const place = await recordedPlace(folder, issuer);
    await place.stop();
    rmSync(place.files.signedHead);
    const file = join(place.data, 'session.sluice');
    const ran = await runSluice(['export', place.session, '--data', place.data, '-o', file]);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('nobody attests') as string });
    expect(await verified(file, place)).toMatchObject({ intact: true, attested: false });
    expect(existsSync(place.files.signedHead)).toBe(false);
  });
});

describe('beside a running relay', () => {
  it('signs nothing itself, and takes what the relay has signed', async () => {
    const place = await recordedPlace(folder, issuer);
    const relay = await place.as('alan');
    expect(await relay('checkpoint', 'take')).toMatchObject({ code: 0 });
    const before = (await place.relay.store.checkpoints.list()).map(({ note }) => note);
    const file = join(place.data, 'session.sluice');
    const ran = await runSluice(['export', place.session, '--data', place.data, '-o', file]);
    expect(ran).toMatchObject({
      code: 0,
      err: expect.stringContaining('a relay runs on this folder') as string,
    });
    expect(await verified(file, place)).toMatchObject({ code: 0, intact: true, attested: false });
    expect(notesIn(file)).toEqual([before.at(-1)]);
    expect((await place.relay.store.checkpoints.list()).map(({ note }) => note)).toEqual(before);
  });

  it.each<[string, (attacker: ReturnType<typeof openAttacker>) => void]>([
    ['with its checkpoints', () => {}],
    [
      'without its newer checkpoints',
      (attacker) => attacker.run('DELETE FROM recorded_checkpoint WHERE size > 2'),
    ],
  ])('gives nothing of a record that was rewritten, %s', async (_, more) => {
    const place = await recordedPlace(folder, issuer);
    expect((await (await place.as('alan'))('checkpoint', 'take')).code).toBe(0);
    rewrite(place, more);
    const file = join(place.data, 'session.sluice');
    const ran = await runSluice(['export', place.session, '--data', place.data, '-o', file]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('the store does not hold') as string });
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
    const printed = await runSluice(['export', place.session, '--data', place.data]);
    expect(printed.code).toBe(1);
    expect(printed.out).not.toContain('"kind":"end"');
    const asked = await (await place.as('alan'))('export', place.session);
    expect(asked).toMatchObject({ code: 1, out: '' });
  });

  it('leaves nothing behind when it is interrupted while it waits', async () => {
    const place = await recordedPlace(folder, issuer);
    await place.query("SELECT 'the second'");
    const { session } = (await place.relay.store.index.sessions({ limit: 1 }))[0]!;
    const file = join(place.data, 'session.sluice');
    const ran = await runSluice(['export', session, '--data', place.data, '-o', file], {
      interrupt: (err) => err.includes('within a minute'),
    });
    expect(ran.code).toBe(130);
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
  });
});

describe('through the relay', () => {
  it('is signed to its end, for auditors, and on the record', async () => {
    const place = await recordedPlace(folder, issuer);
    await place.query("SELECT 'the second'");
    const { session } = (await place.relay.store.index.sessions({ limit: 1 }))[0]!;
    const file = join(place.data, 'session.sluice');
    const alan = await place.as('alan');
    expect(await alan('export', session.slice(0, 8), '-o', file)).toEqual({ code: 0, out: '', err: '' });
    expect(await verified(file, place)).toMatchObject({ code: 0, intact: true, attested: true });
    const ada = await (await place.as('ada'))('export', session);
    expect(ada).toMatchObject({ code: 1, out: '', err: expect.stringContaining('only auditors') as string });
    const none = await alan('export', '00000000-0000-4000-8000-000000000000');
    expect(none).toMatchObject({ code: 1, out: '', err: expect.stringContaining('session') as string });
    const rows = await place.relay.store.events.ofTypes(
      (await place.relay.store.events.log())!.relaySession,
      ['notice'],
    );
    const exported = rows
      .map(({ body }) => JSON.parse(body!) as Extract<EventBody, { type: 'notice' }>)
      .filter(({ what }) => what === 'session_exported');
    expect(exported.map(({ detail }) => detail)).toEqual([
      { by: expect.stringMatching(/alan$/) as string, session },
    ]);
  });

  it.each([
    [['--data', 'somewhere', '--as', 'alan'], 'both named'],
    [['--format', 'ocsf', '--url', 'http://127.0.0.1:1', '--token', 'x'], 'read a data folder'],
    [['--after', '3'], '--after is for'],
    [['--data', '/nowhere'], 'there is no record in'],
  ])('refuses %j', async (args, why) => {
    const ran = await runSluice(['export', '00000000-0000-4000-8000-000000000000', ...args]);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(why) as string });
  });
});
