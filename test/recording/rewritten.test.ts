import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SluiceError } from '../../relay/src/errors.ts';
import { verifyStore } from '../../relay/src/recording/index.ts';
import { openRecorder } from '../../relay/src/recording/recorder.ts';
import {
  newSession,
  newSigner,
  openTestRecord,
  opened,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { openAttacker } from '../support/attacker.ts';
import { headFile, headInMemory } from '../../relay/src/recording/checkpoints/head-file.ts';
import { highWaterInMemory } from '../../relay/src/recording/checkpoints/high-water.ts';

const SECRET = 'select ssn from customers';

/** A running relay's record in a file, with more than one subtree, and a statement in it that somebody regrets. */
async function aRelay() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-rewritten-'));
  const path = join(folder, 'sluice.db');
  const found: SluiceError[] = [];
  const record = await openTestRecord({
    path,
    heads: headFile(join(folder, 'signed-head.json')),
    onContradicted: (error) => found.push(error),
  });
  onTestFinished(async () => {
    await record.store.close();
    rmSync(folder, { recursive: true });
  });
  const session = newSession();
  await record.recorder.append(session, opened('alice'));
  await record.recorder.append(session, statement(SECRET));
  await Promise.all(Array.from({ length: 300 }, () => record.recorder.append(newSession(), opened('bob'))));
  await record.recorder.checkpoint();
  await record.recorder.append(session, statement('select 2'));
  const checkpoint = await record.recorder.checkpoint();
  const attack = async (work: (attacker: ReturnType<typeof openAttacker>) => void) => {
    const attacker = openAttacker(path);
    work(attacker);
    attacker.close();
  };
  /** What is said instead of signing. */
  const refusal = () =>
    record.recorder.checkpoint().then(
      () => 'signed',
      ({ code, message }: SluiceError) => `${code}: ${message}`,
    );
  const executed = { type: 'executed', statement: randomUUID() } as const;
  return { ...record, path, folder, found, session, checkpoint, attack, refusal, executed };
}

describe('a running relay', () => {
  it('signs nothing after a signed statement was changed and everything made to fit', async () => {
    const { recorder, attack, refusal, found, executed, checkpoint, db } = await aRelay();
    await attack((attacker) => {
      attacker.rewrite(attacker.find(SECRET), SECRET, 'select 1');
      attacker.rebuildSubtrees();
      attacker.run('DELETE FROM recorded_checkpoint WHERE size > 2');
    });
    expect(recorder.isSound()).toBe(true);
    await recorder.append(newSession(), opened('mallory'));
    expect(await refusal()).toMatch(
      /record_contradicted: .*(checkpoints end|not those that were signed|newest checkpoint)/,
    );
    expect(found).toHaveLength(1);
    expect(recorder.isSound()).toBe(false);
    // And nothing runs, while what is under way is recorded to its end.
    await expect(recorder.append(newSession(), executed)).rejects.toMatchObject({
      code: 'record_contradicted',
    });
    await recorder.append(newSession(), opened('carol'));
    expect(await refusal()).toMatch(/record_contradicted: .*(.)/);
    const sizes = await db.selectFrom('recorded_checkpoint').select('size').execute();
    expect(sizes.every(({ size }) => size <= checkpoint.size)).toBe(true);
  });

  it.each([
    ['the rows alone', () => {}],
    ['the rows and the subtrees', (attacker: Attacker) => attacker.rebuildSubtrees()],
  ])('notices what was changed, though no checkpoint was touched: %s', async (_, more) => {
    const { attack, found, recorder, refusal } = await aRelay();
    await attack((attacker) => {
      attacker.rewrite(attacker.find(SECRET), SECRET, 'select 1');
      more(attacker);
    });
    await recorder.patrol();
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('not those that were signed'),
    ]);
    expect(await refusal()).toMatch(/record_contradicted: .*(not those that were signed)/);
  });

  it('notices an old row that was changed with no regard to its hash', async () => {
    const { attack, found, recorder } = await aRelay();
    await attack((attacker) =>
      attacker.run(`UPDATE recorded_event SET body = replace(body, '${SECRET}', 'select 1')`),
    );
    await recorder.patrol();
    expect(found[0]?.message).toContain('event 2 of the log');
  });

  it('signs no event that was changed between its append and the checkpoint', async () => {
    const { attack, recorder, refusal, session } = await aRelay();
    await recorder.append(session, statement('select 3'));
    await attack((attacker) => attacker.rewrite(attacker.find('select 3'), 'select 3', 'select 4'));
    expect(await refusal()).toMatch(/record_contradicted: .*(is not the one that was appended)/);
  });

  it('signs no event that was changed with no regard to its hash', async () => {
    const { attack, recorder, refusal, session } = await aRelay();
    await recorder.append(session, statement('select 3'));
    await attack((attacker) =>
      attacker.run(`UPDATE recorded_event SET body = replace(body, 'select 3', 'select 4')`),
    );
    expect(await refusal()).toMatch(/record_contradicted: .*(was altered)/);
  });

  it.each([true, false])(
    'does not start on an acknowledged event that was changed since it was signed; noticed before: %s',
    async (noticed) => {
      const record = await aRelay();
      const { attack, recorder, refusal, session } = record;
      await recorder.append(session, statement('select 3'));
      await recorder.append(newSession(), opened('carol'));
      await attack((attacker) => attacker.rewrite(attacker.find('select 3'), 'select 3', 'select 4'));
      const refused = noticed ? await refusal() : null;
      expect(refused?.includes('is not the one that was appended') ?? noticed).toBe(noticed);
      await expect(openRecorder(record)).rejects.toMatchObject({
        code: 'record_contradicted',
        message: expect.stringContaining('are not those that were signed or acknowledged') as string,
      });
    },
  );

  it('notices that the end was cut off', async () => {
    const { attack, recorder, refusal, session } = await aRelay();
    await recorder.append(session, statement('select 3'));
    await attack((attacker) => {
      const last = attacker.find('select 3');
      attacker.run(
        `DELETE FROM recorded_event WHERE position = ${last}; UPDATE recorded_log SET size = ${last}`,
      );
    });
    expect(await refusal()).toMatch(/record_contradicted: .*(it has \d+ events, and had \d+)/);
  });

  it('notices that its newest checkpoint was deleted', async () => {
    const { attack, refusal, checkpoint } = await aRelay();
    await attack((attacker) =>
      attacker.run(`DELETE FROM recorded_checkpoint WHERE size = ${checkpoint.size}`),
    );
    expect(await refusal()).toMatch(/record_contradicted: .*(its checkpoints end at)/);
  });

  it('notices subtrees that were changed alone', async () => {
    const { attack, refusal } = await aRelay();
    await attack((attacker) => attacker.run(`UPDATE recorded_subtree SET hash = '${'ab'.repeat(32)}'`));
    expect(await refusal()).toMatch(/record_contradicted: .*(not those that were signed)/);
  });

  it('notices a checkpoint that nobody signed', async () => {
    const { attack, refusal, checkpoint } = await aRelay();
    const note = checkpoint.note.replace(`\n${checkpoint.size}\n`, `\n${checkpoint.size + 1}\n`);
    await attack((attacker) =>
      attacker.run(
        `INSERT INTO recorded_checkpoint VALUES (${checkpoint.size + 1}, 'x', '${checkpoint.at}', '${note}')`,
      ),
    );
    expect(await refusal()).toMatch(/record_contradicted: .*(not one that was signed)/);
  });
});

describe('at its next start, a relay', () => {
  it('refuses a record that was rewritten while it was stopped', async () => {
    const { recorder, attack, ...record } = await aRelay();
    await recorder.close();
    await attack((attacker) => {
      attacker.rewrite(attacker.find(SECRET), SECRET, 'select 1');
      attacker.rebuildSubtrees();
      attacker.run('DELETE FROM recorded_checkpoint');
    });
    await expect(openRecorder(record)).rejects.toMatchObject({ code: 'record_contradicted' });
    // By its head alone, too.
    const unmarked = { ...record, highWater: highWaterInMemory() };
    await expect(openRecorder(unmarked)).rejects.toMatchObject({
      message: expect.stringContaining('are not those that were signed') as string,
    });
    // And without both, because a relay of this store did not write it.
    await expect(
      openRecorder({ ...record, heads: headInMemory(), highWater: highWaterInMemory() }),
    ).rejects.toMatchObject({ message: expect.stringContaining('was not written by a relay') as string });
  });

  it('takes over a store whose checkpoints are gone, by what shows who wrote it, and says so', async () => {
    const { recorder, attack, ...record } = await aRelay();
    await recorder.close();
    await attack((attacker) => attacker.run('DELETE FROM recorded_checkpoint'));
    const forgetful = await openRecorder({
      ...record,
      heads: headInMemory(),
      highWater: highWaterInMemory(),
    });
    await forgetful.checkpoint();
    expect((await verifyStore(record.store, [record.signers[0].publicKey])).intact).toBe(true);
    const notices = await record.db
      .selectFrom('recorded_event')
      .select('body')
      .where('type', '=', 'notice')
      .execute();
    expect(notices.map(({ body }) => JSON.parse(body!) as unknown)).toMatchObject([
      { what: 'signed_head_adopted', detail: { signed: '' } },
    ]);
  });

  it('refuses an older copy of the whole store', async () => {
    const { recorder, session, path, folder, ...record } = await aRelay();
    const [copy, restored] = [join(folder, 'copy.db'), join(folder, 'restored.db')];
    await record.store.compact();
    copyFileSync(path, copy);
    await recorder.append(session, statement('select 3'));
    await recorder.close();
    copyFileSync(copy, restored);
    await expect(
      openTestRecord({ path: restored, heads: record.heads, signers: record.signers, vault: record.vault }),
    ).rejects.toMatchObject({
      code: 'record_contradicted',
      message: expect.stringMatching(/it has \d+ events, and \d+ were signed/) as string,
    });
  });

  it('refuses the store of another log', async () => {
    const { recorder, ...record } = await aRelay();
    await recorder.close();
    const { beneath } = await openTestRecord({ vault: record.vault });
    await expect(
      openRecorder({ ...record, highWater: highWaterInMemory(), store: beneath.store }),
    ).rejects.toMatchObject({
      code: 'record_contradicted',
      message: expect.stringContaining('and this relay signed log') as string,
    });
  });

  it('goes on refusing what was found before, until all that was signed is there again', async () => {
    const { recorder, attack, refusal, path, folder, ...record } = await aRelay();
    const copy = join(folder, 'copy.db');
    await record.store.compact();
    copyFileSync(path, copy);
    // Out of sight of a look at the newest events: one of a session of its own, under a full subtree.
    await attack((attacker) => attacker.rewrite(100, 'bob', 'rob'));
    await recorder.patrol();
    expect(await refusal()).toMatch(/record_contradicted: .*(.)/);
    await recorder.close();
    await expect(openRecorder(record)).rejects.toMatchObject({ code: 'record_contradicted' });
    await expect(openRecorder(record)).rejects.toMatchObject({ code: 'record_contradicted' });
    const restored = await openTestRecord({ ...record, beneath: undefined, path: copy } as never);
    expect(restored.recorder.isSound()).toBe(true);
    await restored.recorder.checkpoint();
    expect(await verifyStore(restored.store, [record.signers[0].publicKey])).toMatchObject({ intact: true });
    await restored.store.close();
  });

  it('publishes what it had signed when it was killed', async () => {
    const { attack, checkpoint, ...record } = await aRelay();
    await attack((attacker) =>
      attacker.run(`DELETE FROM recorded_checkpoint WHERE size = ${checkpoint.size}`),
    );
    await openRecorder(record);
    expect((await record.store.checkpoints.newest())?.note).toBe(checkpoint.note);
  });
});

it('takes in what another relay has appended and signed on the same store', async () => {
  const { recorder, session, ...record } = await aRelay();
  const heads = headInMemory();
  const other = await openRecorder({ ...record, heads });
  await other.append(newSession(), opened('dave'));
  await recorder.append(session, statement('select 3'));
  await other.append(newSession(), opened('erin'));
  const theirs = await other.checkpoint();
  await other.append(newSession(), opened('frank'));
  const ours = await recorder.checkpoint();
  expect(ours.size).toBe(theirs.size + 1);
  expect((await other.checkpoint()).note).toBe(ours.note);
  expect(record.found).toEqual([]);
  expect(await verifyStore(record.store, [record.signers[0].publicKey])).toMatchObject({
    intact: true,
    unsigned: 0,
  });
});

it('reads what another relay has appended, and signs none of it that was altered', async () => {
  const { recorder, attack, refusal, ...record } = await aRelay();
  const other = await openRecorder({ ...record, heads: headInMemory() });
  await other.append(newSession(), opened('dave'));
  await recorder.append(newSession(), opened('erin'));
  await attack((attacker) =>
    attacker.run(`UPDATE recorded_event SET body = replace(body, 'dave', 'mallory')`),
  );
  expect(await refusal()).toMatch(/record_contradicted: .*(was altered)/);
});

it('is not fooled by a head of another', async () => {
  const { recorder, ...record } = await aRelay();
  await recorder.close();
  await expect(openRecorder({ ...record, signers: [newSigner()] })).resolves.toBeDefined();
  const stranger = await openTestRecord({ heads: headInMemory() });
  await stranger.recorder.checkpoint();
  const head = (await stranger.heads.read())!;
  await record.heads.write(head);
  await expect(openRecorder(record)).rejects.toMatchObject({ code: 'record_contradicted' });
});

type Attacker = ReturnType<typeof openAttacker>;
