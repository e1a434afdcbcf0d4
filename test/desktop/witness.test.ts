import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RelayClient } from '@sluice/contract';
import { deviceWitness, fingerprintOf, isCosignedBy, readCheckpoint } from '@sluice/record-proof';
import { expect, it } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';
import { rotateSigningKey } from '../../relay/src/recording/index.ts';
import { newDesk } from '../support/desk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeSessions } from '../support/written-record.ts';
import { relaysAndDesks, rewrite } from './support/relay-and-desk.ts';

const { aRelayAndADesk } = relaysAndDesks();

const newest = async (client: RelayClient) => await client.checkpoints.newest();
const key = async (spki: string) => (await deviceWitness(spki))!;

it('cosigns what goes on: from day to day, over restarts, thousands of events and a rotation of the key; exports carry it', async () => {
  const { data, client, desk, run, start, stop, open } = await aRelayAndADesk();
  const witness = open();
  const first = await witness.now();
  expect(first).toMatchObject({ type: 'good', alarm: null, trouble: null });
  expect(first.cosigned).toBe(first.kept!.size);
  const cosigned = async () => {
    const note = readCheckpoint((await newest(client)).note)!;
    expect(await isCosignedBy(note, await key(desk.device.spki))).toBe(true);
    return note.size;
  };
  expect(await cosigned()).toBe(first.kept!.size);
  // Nothing new is nothing to do.
  expect(await witness.now()).toMatchObject({ type: 'good', cosigned: first.cosigned });

  await run("SELECT 'more'");
  expect((await witness.now()).kept!.size).toBeGreaterThan(first.kept!.size);
  const text = await Array.fromAsync(
    await client.sessions.export({ params: { id: await aSession(client) } }),
  );
  expect(Buffer.concat(text).toString()).toContain('sluice/device/');

  await stop();
  // While it is away, it is away.
  expect(await witness.now()).toMatchObject({ alarm: null, trouble: { code: 'relay_unreachable' } });
  await writeSessions(data, [{ name: 'bob', statements: 700 }]);
  await start();
  await run("SELECT 'after thousands'");
  const grown = await witness.now();
  expect(grown).toMatchObject({ type: 'good', alarm: null, trouble: null });
  expect(grown.kept!.size).toBeGreaterThan(3_500);

  await stop();
  await rotateSigningKey(filesIn(data).signingKey, [], { write: true });
  await start();
  await run("SELECT 'by the new key'");
  const { keys } = await client.checkpoints.keys();
  expect(await witness.now()).toMatchObject({ type: 'good', alarm: null, trouble: null });
  expect(await witness.keysOf(grown.kept!.log)).toEqual([keys[1], keys[0]]);
  await cosigned();
  // Nothing of it is forgotten with the program.
  await witness.close();
  const again = open();
  expect(await again.now()).toMatchObject({ type: 'good', alarm: null });
  expect(await again.keysOf(grown.kept!.log)).toEqual([keys[1], keys[0]]);
});

it('raises an alarm when an administrator with everything has rewritten the record, and has the relay sign it', async () => {
  const { data, memory, client, desk, run, start, stop, open } = await aRelayAndADesk();
  const witness = open();
  const good = await witness.now();
  await stop();
  await rewrite(data);
  await start();
  const { note } = await run("SELECT 'as if nothing had been'");

  expect(readCheckpoint(note)!.size).toBeGreaterThan(good.kept!.size);
  const { alarm } = await witness.now();
  expect(alarm).toMatchObject({
    why: 'rewritten',
    shown: note,
    message: expect.stringContaining('accept-loss'),
  });
  expect(readCheckpoint(alarm!.kept)!.size).toBe(good.kept!.size);
  expect(alarm!.proof.length).toBeGreaterThan(0);
  const [evidence] = readdirSync(join(memory, 'evidence'));
  const file = (name: string) => readFileSync(join(memory, 'evidence', evidence!, name), 'utf8');
  expect(file('shown.checkpoint')).toBe(note);
  expect(file('kept.checkpoint')).toBe(alarm!.kept);
  expect(file('proof')).toMatch(/^consistency \d+ \d+\n/);

  // It outlasts the program, and what the relay shows next; nothing is cosigned meanwhile.
  await witness.close();
  const again = open();
  const more = await run("SELECT 'more'");
  expect((await again.now()).alarm).toEqual(alarm);
  const unsigned = readCheckpoint(
    (await client.checkpoints.read({ params: { size: String(more.size) } })).note,
  )!;
  expect(await isCosignedBy(unsigned, await key(desk.device.spki))).toBe(false);

  // By somebody with a name, who says something; and to go on is to be shown again what was kept.
  const acknowledge = (by: string, words: string, next: 'go_on' | 'begin_anew') =>
    again.acknowledge(again.relay, { by, words, next });
  await expect(acknowledge(' ', 'all is well', 'go_on')).rejects.toMatchObject({ code: 'not_acknowledged' });
  await expect(acknowledge('Alan', '', 'go_on')).rejects.toMatchObject({ code: 'not_acknowledged' });
  expect(again.standing(again.relay).alarm).toEqual(alarm);
  await acknowledge('Alan', 'called the operator', 'go_on');
  expect(again.standing(again.relay).alarm).toMatchObject({ why: 'rewritten', kept: alarm!.kept });
  await acknowledge('Alan', 'the operator has told me why, and the key is the same', 'begin_anew');
  expect(again.standing(again.relay)).toMatchObject({ alarm: null, type: 'good' });
  expect(readFileSync(join(memory, 'r1.json'), 'utf8')).toContain('the operator has told me why');
});

it('raises an alarm when an older copy of everything was put back, at once or once it stays so', async () => {
  const { data, run, start, stop, clock, open } = await aRelayAndADesk();
  const copy = temporaryFolder();
  await stop();
  cpSync(data, copy, { recursive: true });
  await start();
  await run(...Array.from({ length: 5 }, (_, index) => `SELECT ${index}`));
  const witness = open();
  const good = await witness.now();
  await stop();
  rmSync(data, { recursive: true });
  cpSync(copy, data, { recursive: true });
  await start();

  // It may be a replica that lags: nothing is said yet, and nothing forgotten.
  const behind = await witness.now();
  expect(behind).toMatchObject({ alarm: null, type: 'behind', kept: { size: good.kept!.size } });
  clock.now += 3_700_000;
  const { alarm } = await witness.now();
  expect(alarm).toMatchObject({ why: 'shrunk', message: expect.stringContaining('accept-loss') });

  // And the relay signs later, over less.
  await witness.acknowledge(witness.relay, { by: 'Alan', words: 'asked for the newer copy', next: 'go_on' });
  await stop();
  const later = Date.now() + 600_000;
  await start({ now: () => later });
  await run();
  expect((await witness.now()).alarm).toMatchObject({ why: 'shrunk' });
});

it('raises an alarm when the record has forked: two relays with one key, of one size or not', async () => {
  const { data, run, start, stop, open, client } = await aRelayAndADesk();
  const fork = temporaryFolder();
  await stop();
  cpSync(data, fork, { recursive: true });
  await start();
  await run("SELECT 'on the one'");
  const witness = open();
  const { kept } = await witness.now();
  await stop();
  const swap = (to: string) => {
    rmSync(data, { recursive: true });
    cpSync(to, data, { recursive: true });
  };
  swap(fork);
  await start();
  await run("SELECT 'another'");
  // The same number of events, of which one is another one.
  expect((await newest(client)).size).toBe(kept!.size);
  expect((await witness.now()).alarm).toMatchObject({ why: 'rewritten' });
  await witness.acknowledge(witness.relay, { by: 'Alan', words: 'looks', next: 'go_on' });
  await run("SELECT 'and more'", 'SELECT 2');
  await witness.acknowledge(witness.relay, { by: 'Alan', words: 'looks again', next: 'go_on' });
  expect(witness.standing(witness.relay).alarm).toMatchObject({ why: 'rewritten', proof: expect.any(Array) });
});

it('raises an alarm when the key changes without a hand-over, and when another log answers', async () => {
  const { data, run, start, stop, open } = await aRelayAndADesk();
  const witness = open();
  await witness.now();
  await stop();
  const files = filesIn(data);
  rmSync(files.signingKey);
  rmSync(files.signedHead);
  await start();
  await run("SELECT 'by another key'");
  expect((await witness.now()).alarm).toMatchObject({ why: 'signed_by_another_key' });
  await stop();
  renameSync(files.database, `${files.database}.away`);
  for (const path of [files.signedHead, files.highWater, files.payloadKey]) rmSync(path, { force: true });
  await start();
  await run("SELECT 'in another log'");
  await witness.acknowledge(witness.relay, { by: 'Alan', words: 'looks', next: 'go_on' });
  expect(witness.standing(witness.relay).alarm).toMatchObject({ why: 'another_log' });
});

it('says that it cannot tell when what it had kept is damaged, and never begins anew by itself', async () => {
  const { memory, open } = await aRelayAndADesk();
  const witness = open();
  await witness.now();
  await witness.close();
  const path = join(memory, 'r1.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"until": null', '"until": 5'));
  const again = open();
  expect((await again.now()).alarm).toMatchObject({ why: 'memory_damaged' });
  await again.close();
  const third = open();
  expect((await third.now()).alarm).toMatchObject({ why: 'memory_damaged' });
  expect(readdirSync(memory).some((name) => name.includes('damaged'))).toBe(true);
  const acknowledge = (next: 'go_on' | 'begin_anew') =>
    third.acknowledge(third.relay, { by: 'Alan', words: 'the disk was full', next });
  await expect(acknowledge('go_on')).rejects.toMatchObject({ code: 'not_acknowledged' });
  await acknowledge('begin_anew');
  expect(third.standing(third.relay)).toMatchObject({ alarm: null, type: 'good' });
});

it('holds a relay to the key that somebody was given by another way', async () => {
  const { client, open } = await aRelayAndADesk();
  const { keys } = await client.checkpoints.keys();
  const fooled = open();
  await fooled.trust(fooled.relay, newDesk().device.spki);
  expect(fooled.standing(fooled.relay).alarm).toMatchObject({ why: 'signed_by_another_key', kept: '' });
  await expect(fooled.trust(fooled.relay, keys[0]!)).rejects.toMatchObject({ code: 'alarm_stands' });
  await fooled.acknowledge(fooled.relay, {
    by: 'Alan',
    words: 'I had copied the wrong one',
    next: 'begin_anew',
  });
  expect(fooled.standing(fooled.relay)).toMatchObject({ alarm: null, type: 'good' });
});

it('compares the key of a relay that is watched already with one that somebody was given', async () => {
  const { data, client, run, start, stop, memory, open } = await aRelayAndADesk();
  const witness = open();
  const { keys } = await client.checkpoints.keys();
  const { key: named } = await witness.now();
  // For the relay's word alone.
  expect(named).toMatchObject({ fingerprint: fingerprintOf(keys[0]!), isGiven: false });
  await witness.trust(witness.relay, keys[0]!);
  expect(witness.standing(witness.relay)).toMatchObject({
    type: 'good',
    alarm: null,
    key: { isGiven: true },
  });

  // What it hands over to follows from it, also after a restart of the app.
  await stop();
  await rotateSigningKey(filesIn(data).signingKey, [], { write: true });
  await start();
  await run("SELECT 'by the new key'");
  await witness.close();
  const again = open();
  const { key: next } = await again.now();
  expect(next).toMatchObject({ isGiven: true });
  expect(next!.fingerprint).not.toBe(named!.fingerprint);

  const other = newDesk().device.spki;
  await again.trust(again.relay, other);
  const { alarm, kept } = again.standing(again.relay);
  expect(alarm).toMatchObject({
    why: 'not_the_given_key',
    message: expect.stringContaining(`${fingerprintOf(other)} was pasted`),
  });
  expect(readCheckpoint(alarm!.kept)!.size).toBe(kept!.size);
  expect(readdirSync(join(memory, 'evidence'))).toHaveLength(1);
});

async function aSession(client: RelayClient): Promise<string> {
  const { sessions } = await client.sessions.list({ query: { limit: 20 } });
  return sessions.find(({ isRelay }) => !isRelay)!.session;
}
