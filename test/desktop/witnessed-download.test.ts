import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RelayClient } from '@sluice/contract';
import { readCheckpoint } from '@sluice/record-proof';
import { expect, it, onTestFinished } from 'vitest';
import { openKnownLogs } from '../../desktop-approver/src/known-logs.ts';
import { createReplays } from '../../desktop-approver/src/replays/replays.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { LIBRARY_THREAD } from './start-desktop.ts';
import { relaysAndDesks, rewrite } from './support/relay-and-desk.ts';

const { aRelayAndADesk } = relaysAndDesks();

/** A computer that has seen a relay's record, and keeps sessions of it. */
async function aComputer() {
  const place = await aRelayAndADesk();
  const witness = place.open();
  const { kept } = await witness.now();
  const folder = temporaryFolder();
  const known = await openKnownLogs(join(folder, 'logs.json'), witness);
  const replays = createReplays({
    program: LIBRARY_THREAD,
    path: join(folder, 'replays.db'),
    known,
    now: Date.now,
  });
  onTestFinished(() => replays.close());
  const { sessions } = await place.client.sessions.list({ query: { limit: 20 } });
  const { session } = sessions.find(({ isRelay }) => !isRelay)!;
  return {
    ...place,
    witness,
    replays,
    session,
    /** How many events this computer has seen. */
    seen: kept!.size,
    relay: { id: witness.relay, client: place.client },
    /** The session, as the relay exports it now. */
    file: async () => {
      const path = join(folder, `${crypto.randomUUID()}.sluice`);
      writeFileSync(path, await exported(place.client, session));
      return path;
    },
  };
}

async function exported(client: RelayClient, session: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(await client.sessions.export({ params: { id: session } })));
}

it('keeps what goes on from what this computer has seen of the record, and says where nobody can tell', async () => {
  const { replays, relay, session, witness, run, file, stop, start } = await aComputer();
  const early = await file();
  await run("SELECT 'more'");
  // Of more events than were seen, which the relay proves to begin with those.
  expect(await replays.download(relay, session)).toMatchObject({ session, history: 'seen' });
  const late = await file();
  await witness.now();
  // Of fewer.
  expect(await replays.importFile(early)).toMatchObject({ history: 'seen' });
  await stop();
  await replays.remove(session);
  // Without the relay: of as many, nothing has to be proven; of fewer, nobody can.
  expect(await replays.importFile(late)).toMatchObject({ history: 'seen' });
  await replays.remove(session);
  expect(await replays.importFile(early)).toMatchObject({ history: 'unknown' });
  await expect(replays.download(relay, session)).rejects.toMatchObject({ code: 'relay_unreachable' });
  // Without the relay, it stays so.
  await replays.compareAgain();
  expect(await replays.list()).toMatchObject([{ session, history: 'unknown' }]);
  await start();
  await witness.now();
  await replays.compareAgain();
  expect(await replays.list()).toMatchObject([{ session, history: 'seen' }]);
  expect(witness.standing(witness.relay).alarm).toBeNull();
});

it('finds out later, when the relay is there again, that what was kept meanwhile is of another history', async () => {
  const { replays, session, witness, data, run, start, stop, file, seen } = await aComputer();
  const fork = temporaryFolder();
  await stop();
  cpSync(data, fork, { recursive: true });
  await start();
  await run("SELECT 'for the auditors'");
  const shown = await file();
  await stop();
  rmSync(data, { recursive: true });
  cpSync(fork, data, { recursive: true });
  await start();
  await run("SELECT 'for everybody else'", "SELECT 'and more of it'");
  expect(await witness.now()).toMatchObject({ type: 'good', alarm: null });
  await stop();
  // The relay is away: it is kept, and nobody can say.
  expect(await replays.importFile(shown)).toMatchObject({ session, history: 'unknown' });
  await start();
  await replays.compareAgain();
  // It is evidence, so it stays.
  expect(await replays.list()).toMatchObject([{ session, history: 'another' }]);
  const { alarm } = witness.standing(witness.relay);
  expect(alarm).toMatchObject({ why: 'rewritten' });
  expect(readCheckpoint(alarm!.kept)!.size).toBeGreaterThan(seen);
});

it('raises the alarm when a session is of a record that was rewritten since, and keeps nothing of it', async () => {
  const { replays, relay, session, witness, seen, data, memory, run, start, stop } = await aComputer();
  await stop();
  await rewrite(data);
  await start();
  await run("SELECT 'as if nothing had been'");
  // By itself it is intact: signed by the key that is known, to the byte.
  await expect(replays.download(relay, session)).rejects.toMatchObject({
    code: 'record_rewritten',
    message: expect.stringContaining('rewritten'),
  });
  expect(await replays.list()).toEqual([]);
  const { alarm } = witness.standing(witness.relay);
  expect(alarm).toMatchObject({ why: 'rewritten' });
  expect(readCheckpoint(alarm!.kept)!.size).toBe(seen);
  expect(readCheckpoint(alarm!.shown)!.size).toBeGreaterThanOrEqual(seen);
  expect(alarm!.shown).not.toBe(alarm!.kept);
  expect(readdirSync(join(memory, 'evidence'))).toHaveLength(1);
  expect(await replays.interrupted()).toEqual([]);
});

it('raises the alarm when a file is of a fork: another history by the same key', async () => {
  const { replays, witness, data, run, start, stop, file } = await aComputer();
  const fork = temporaryFolder();
  await stop();
  cpSync(data, fork, { recursive: true });
  await start();
  await run("SELECT 'for the auditors'");
  const shown = await file();
  await stop();
  rmSync(data, { recursive: true });
  cpSync(fork, data, { recursive: true });
  await start();
  await run("SELECT 'for everybody else'", "SELECT 'and more of it'");
  expect(await witness.now()).toMatchObject({ type: 'good', alarm: null });
  await expect(replays.importFile(shown)).rejects.toMatchObject({ code: 'record_rewritten' });
  expect(await replays.list()).toEqual([]);
  expect(witness.standing(witness.relay).alarm).toMatchObject({ why: 'rewritten' });
});

it('raises the alarm when a relay hands out a session of another log, be its key known or not', async () => {
  const [mine, other] = [await aComputer(), await aComputer()];
  await expect(mine.witness.isSeen(mine.witness.relay, [await noteOf(other)])).rejects.toMatchObject({
    code: 'record_rewritten',
  });
  expect(mine.witness.standing(mine.witness.relay).alarm).toMatchObject({ why: 'another_log' });
  // A file of a log that no relay here has is compared with nothing.
  expect(await other.witness.isSeen(null, [await noteOf(mine)])).toBe(false);
});

async function noteOf({ client, session }: { readonly client: RelayClient; readonly session: string }) {
  const lines = (await exported(client, session)).toString().split('\n');
  const line = lines.find((text) => text.includes('"kind":"checkpoint"'))!;
  return (JSON.parse(line) as { readonly note: string }).note;
}
