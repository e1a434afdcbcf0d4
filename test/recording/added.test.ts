import { createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EventBody } from '@sluice/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SluiceError } from '../../relay/src/errors.ts';
import { acceptLoss } from '../../relay/src/recording/checkpoints/accept-loss.ts';
import { headFile, headInMemory } from '../../relay/src/recording/checkpoints/head-file.ts';
import { highWaterFile, highWaterInMemory } from '../../relay/src/recording/checkpoints/high-water.ts';
import { signCheckpoint } from '../../relay/src/recording/checkpoints/checkpoint.ts';
import { type StoredDataKey, vaultOf, verifyStore } from '../../relay/src/recording/index.ts';
import { openRecorder } from '../../relay/src/recording/recorder.ts';
import {
  identity,
  newSession,
  newSigner,
  opened,
  openTestRecord,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { openAttacker } from '../support/attacker.ts';

/** A running relay's record in a file: something signed, something not yet, and keys that are in two vaults. */
async function aRelay(given: { readonly folder?: string } = {}) {
  const folder = given.folder ?? mkdtempSync(join(tmpdir(), 'sluice-added-'));
  const path = join(folder, `${randomUUID()}.db`);
  const [old, fresh] = [randomBytes(32), randomBytes(32)];
  const vault = vaultOf(new Map([['old', old]]));
  const newerVault = vaultOf(
    new Map([
      ['new', fresh],
      ['old', old],
    ]),
  );
  const found: SluiceError[] = [];
  const record = await openTestRecord({
    path,
    vault,
    heads: headFile(`${path}.head`),
    highWater: highWaterFile(`${path}.mark`),
    onContradicted: (error) => found.push(error),
  });
  onTestFinished(async () => {
    await record.store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const session = newSession();
  await record.recorder.append(session, opened('alice'));
  await record.recorder.checkpoint();
  await record.recorder.append(session, statement('select 1'));
  const attack = (work: (attacker: Attacker) => void) => {
    const attacker = openAttacker(path);
    work(attacker);
    attacker.close();
  };
  const refusal = () => refusalOf(record.recorder);
  return { ...record, path, folder, vault, newerVault, found, session, attack, refusal };
}

type Attacker = ReturnType<typeof openAttacker>;

/** What is said in the place of signing. */
const refusalOf = ({ checkpoint }: { checkpoint(): Promise<unknown> }) =>
  checkpoint().then(
    () => 'signed',
    ({ code, message }: SluiceError) => `${code}: ${message}`,
  );

const id = randomUUID();
const decided: EventBody = {
  type: 'approval_decided',
  statement: id,
  approval: id,
  binding: 'ab'.repeat(32),
  verdict: 'approve',
  by: identity('mallory'),
  comment: '',
  proposal: null,
  mostRows: null,
  grantSeconds: null,
  grantRows: null,
  signature: null,
};
it('signs no event whose body was taken out', async () => {
  const { attack, refusal, found } = await aRelay();
  attack((attacker) => {
    attacker.run("UPDATE recorded_event SET body = NULL, salt = NULL WHERE type = 'statement'");
  });
  expect(await refusal()).toMatch(/^record_contradicted: .*has lost its body/);
  expect(found).toHaveLength(1);
});

const ADDED: readonly [string, EventBody][] = [
  ['a statement', statement('drop table regrets')],
  ['an unsigned decision', decided],
  ['a redaction', { type: 'redacted', rule: 'everything', events: [0, 1], payloads: [] }],
  ['a hold', { type: 'hold', held: false, by: identity('mallory'), reason: '' }],
  ['a notice', { type: 'notice', what: 'retention_rules', detail: { rules: '[]' } }],
  ['a signing key', { type: 'signing_key', key: 'ab'.repeat(32), publicKey: 'AA==' }],
];

describe('a running relay does not sign what somebody adds to its database', () => {
  it.each(ADDED)('%s, to a session and to its own', async (_, body) => {
    for (const own of [false, true]) {
      const { attack, refusal, found, session, recorder, db } = await aRelay();
      attack((attacker) => attacker.append(own ? recorder.relaySession : session, body));
      expect(await refusal()).toMatch(
        /record_contradicted: .*nothing shows that a relay of this store wrote/,
      );
      expect(found).toHaveLength(1);
      const sizes = await db.selectFrom('recorded_checkpoint').select('size').execute();
      expect(Math.max(...sizes.map(({ size }) => size))).toBe(2);
      await expect(
        recorder.append(newSession(), { type: 'executed', statement: randomUUID() }),
      ).rejects.toMatchObject({ code: 'record_contradicted' });
    }
  });

  it.each([
    ['made up', 'ab'.repeat(16)],
    ['of another form', 'x'],
    ['too short', 'ab'],
  ])('whatever MAC it gets: %s', async (_, mac) => {
    const { attack, refusal, session } = await aRelay();
    attack((attacker) => attacker.append(session, statement('select 2'), mac));
    expect(await refusal()).toMatch(/record_contradicted: .*was not written by a relay of this store/);
  });

  it('nor with the MAC of another event, or of the event at another position', async () => {
    const { attack, refusal, session, path, recorder } = await aRelay();
    await recorder.append(session, statement('select 2'));
    const { mac } = rowsOf(path).at(-1)!;
    attack((attacker) => attacker.append(session, statement('select 3'), mac));
    expect(await refusal()).toMatch(/record_contradicted: .*was not written by a relay of this store/);
  });

  it('nor when what was appended behind it is its own', async () => {
    const { attack, refusal, session, recorder } = await aRelay();
    attack((attacker) => attacker.append(session, statement('select 2')));
    await recorder.append(newSession(), opened('bob'));
    expect(await refusal()).toMatch(/record_contradicted: .*nothing shows/);
  });

  it('nor under a checkpoint of the attacker, whose key an added event names', async () => {
    const { attack, refusal, recorder, path } = await aRelay();
    const signer = newSigner();
    const publicKey = signer.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    attack((attacker) =>
      attacker.append(recorder.relaySession, { type: 'signing_key', key: signer.key, publicKey }),
    );
    const size = rowsOf(path).length;
    const at = new Date().toISOString();
    const { note } = await signCheckpoint(
      { log: recorder.relaySession, size, root: 'ab'.repeat(32), at },
      signer,
    );
    attack((attacker) =>
      attacker.run(`INSERT INTO recorded_checkpoint VALUES (${size}, '${signer.key}', '${at}', '${note}')`),
    );
    expect(await refusal()).toMatch(/record_contradicted: .*not one that was signed/);
  });

  it('nor under a data key of the attacker', async () => {
    const made = randomBytes(32);
    const mallory = vaultOf(new Map([['old', randomBytes(32)]]));
    for (const [wrappedBy, says] of [
      // One that the vault does not open.
      ['old', /record_contradicted: .*was not written by a relay of this store/],
      // One that might be of a newer vault of another relay: it is not signed either.
      ['newer', /config_invalid: .*a payload key that this relay does not have/],
    ] as const) {
      const { attack, refusal, session, path, recorder } = await aRelay();
      const wrapped = Buffer.from(await mallory.wrap(made)).toString('hex');
      attack((attacker) => {
        attacker.run(`INSERT INTO recorded_data_key VALUES ('mine', 0, x'${wrapped}', '${wrappedBy}')`);
        attacker.append(session, statement('select 2'));
        attacker.run(`UPDATE recorded_event SET mac = '${macUnder(made, recorder.relaySession, path)}'
          WHERE position = ${rowsOf(path).length - 1}`);
      });
      expect(await refusal()).toMatch(says);
    }
  });

  it('which a key of the relay would have let through: the MAC itself is right', async () => {
    const { attack, refusal, session, path, recorder, store, vault } = await aRelay();
    const [{ wrapped, wrappedBy }] = (await store.dataKeys.list()) as [StoredDataKey];
    const key = await vault.unwrap(wrapped, wrappedBy);
    attack((attacker) => {
      attacker.append(session, statement('select 2'));
      attacker.run(`UPDATE recorded_event SET mac = '${macUnder(key, recorder.relaySession, path)}'
        WHERE position = ${rowsOf(path).length - 1}`);
    });
    expect(await refusal()).toBe('signed');
  });

  it('nor when it makes every data key one of its own', async () => {
    const { attack, refusal, session, path, recorder, ...record } = await aRelay();
    const made = randomBytes(32);
    const wrapped = Buffer.from(await vaultOf(new Map([['old', made]])).wrap(made)).toString('hex');
    attack((attacker) => {
      attacker.run(`UPDATE recorded_data_key SET wrapped = x'${wrapped}'`);
      attacker.append(session, statement('select 2'));
      attacker.run(`UPDATE recorded_event SET mac = '${macUnder(made, recorder.relaySession, path)}'
        WHERE position = ${rowsOf(path).length - 1}`);
    });
    expect(await refusal()).toMatch(/record_contradicted/);
    await expect(openRecorder(record)).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('nor a row of another store with the same vault', async () => {
    const one = await aRelay();
    const other = await openTestRecord({ vault: one.vault });
    // Its own data key too, so that only the name of the log tells.
    const [key] = await other.store.dataKeys.list();
    const wrapped = Buffer.from(key!.wrapped).toString('hex');
    while (((await other.store.events.log())?.size ?? 0) <= rowsOf(one.path).length) {
      await other.recorder.append(newSession(), opened('bob'));
    }
    const position = rowsOf(one.path).length;
    const theirs = (await other.store.events.afterPosition({ after: position - 1, limit: 1 }))[0]!;
    expect(theirs.position).toBe(position);
    one.attack((attacker) =>
      attacker.run(`
        INSERT INTO recorded_data_key VALUES ('theirs', 0, x'${wrapped}', 'old');
        INSERT INTO recorded_event VALUES (${position}, '${theirs.session}', ${theirs.seq}, '${theirs.at}',
          '${theirs.type}', '${theirs.salt}', '${theirs.body}', '${theirs.bodyDigest}', '${theirs.previous}',
          '${theirs.hash}', '${theirs.mac}');
        UPDATE recorded_log SET size = ${position + 1}`),
    );
    expect(await one.refusal()).toMatch(/record_contradicted: .*was not written by a relay of this store/);
  });
});

describe('events that nobody has signed yet are not replayed', () => {
  const reopened = async (record: Awaited<ReturnType<typeof aRelay>>, more: object = {}) =>
    await openRecorder({ ...record, ...more }).then(
      () => 'started',
      ({ code, message }: SluiceError) => `${code}: ${message}`,
    );

  it.each([
    ['with the mark', {}, /are lost|is lost/],
    [
      'without it',
      { highWater: highWaterInMemory() },
      /record_contradicted: .*was not written by a relay of this store/,
    ],
  ])('one that was deleted, at another place: %s', async (_, more, says) => {
    const record = await aRelay();
    await record.recorder.append(newSession(), opened('bob'));
    await record.recorder.append(newSession(), opened('carol'));
    // Of two sessions: each row fits its chain wherever it stands.
    const [bob, carol] = rowsOf(record.path).slice(-2) as [Row, Row];
    record.attack((attacker) =>
      attacker.run(`
        DELETE FROM recorded_event WHERE position = ${bob.position};
        UPDATE recorded_event SET position = ${bob.position} WHERE position = ${carol.position};
        UPDATE recorded_log SET size = ${carol.position}`),
    );
    expect(await reopened(record, more)).toMatch(says);
    expect(await record.refusal()).toMatch(/record_contradicted/);
  });

  it('two that were swapped', async () => {
    const record = await aRelay();
    await record.recorder.append(newSession(), opened('bob'));
    await record.recorder.append(newSession(), opened('carol'));
    const [bob, carol] = rowsOf(record.path).slice(-2) as [Row, Row];
    record.attack((attacker) =>
      attacker.run(`
        UPDATE recorded_event SET position = -1 WHERE position = ${bob.position};
        UPDATE recorded_event SET position = ${bob.position} WHERE position = ${carol.position};
        UPDATE recorded_event SET position = ${carol.position} WHERE position = -1`),
    );
    expect(await reopened(record)).toMatch(/is not the one that was acknowledged/);
    expect(await reopened(record, { highWater: highWaterInMemory() })).toMatch(
      /record_contradicted: .*was not written by a relay of this store/,
    );
    expect(await record.refusal()).toMatch(/is not the one that was appended/);
  });

  it('nor is another put in the place of one, with its MAC', async () => {
    const record = await aRelay();
    await record.recorder.append(record.session, statement('select 2'));
    record.attack((attacker) => attacker.rewrite(attacker.find('select 2'), 'select 2', 'select 3'));
    expect(await reopened(record, { highWater: highWaterInMemory() })).toMatch(
      /record_contradicted: .*was not written by a relay of this store/,
    );
    expect(await record.refusal()).toMatch(/is not the one that was appended/);
  });

  it('nor is the end cut off, and another put there, while the relay is stopped', async () => {
    const record = await aRelay();
    const { position } = rowsOf(record.path).at(-1)!;
    record.attack((attacker) => {
      attacker.run(`DELETE FROM recorded_event WHERE position = ${position};
        UPDATE recorded_log SET size = ${position}`);
      attacker.append(record.session, statement('select 2'));
    });
    expect(await reopened(record)).toMatch(/is not the one that was acknowledged/);
    expect(await reopened(record, { highWater: highWaterInMemory() })).toMatch(/nothing shows/);
  });
});

describe('what relays of the store wrote is signed', () => {
  it('by another relay with a newer vault, by one that has it too, and never taken for an attack', async () => {
    const { recorder, refusal, newerVault, found, session, ...record } = await aRelay();
    const other = await openRecorder({ ...record, heads: headInMemory(), vault: newerVault });
    await recorder.append(session, statement('under the old key'));
    await other.append(newSession(), opened('under the new key'));
    expect(await refusal()).toMatch(/config_invalid: .*a payload key that this relay does not have/);
    expect(recorder.isSound()).toBe(true);
    await other.checkpoint();
    const third = await openRecorder({ ...record, heads: headInMemory(), vault: newerVault });
    await recorder.append(session, statement('under the old key, later'));
    await other.append(newSession(), opened('under the new key, later'));
    await third.checkpoint();
    expect(found).toEqual([]);
    expect(await verifyStore(record.store, [record.signers[0].publicKey])).toMatchObject({
      intact: true,
      unsigned: 0,
    });
  });

  it('by a relay that was killed, with the mark and without it', async () => {
    const { recorder, session, ...record } = await aRelay();
    await recorder.append(session, statement('select 2'));
    const second = await openRecorder(record);
    await second.append(session, statement('select 3'));
    const third = await openRecorder({ ...record, highWater: highWaterInMemory() });
    await third.checkpoint();
    expect(await verifyStore(record.store, [record.signers[0].publicKey])).toMatchObject({ intact: true });
  });
});

describe('events of a version that did not show who wrote them', () => {
  /** What an earlier version left when it was killed, and its head. */
  const earlier = async () => {
    const record = await aRelay();
    await record.recorder.append(newSession(), opened('bob'));
    record.attack((attacker) => attacker.run(`UPDATE recorded_event SET mac = ''`));
    const { authored: _, ...head } = (await record.heads.read())!;
    await record.heads.write(head);
    const accept = (more: object = {}) =>
      acceptLoss({ ...record, by: 'root', reason: 'the upgrade', ...more });
    return { ...record, accept };
  };

  it('are proven by the head, and by the mark', async () => {
    const { recorder: _, ...record } = await earlier();
    const later = await openRecorder(record);
    await later.checkpoint();
    expect(await verifyStore(record.store, [record.signers[0].publicKey])).toMatchObject({ intact: true });
    // From then on, every one has a MAC.
    expect((await record.heads.read())?.authored).toBe(true);
  });

  it('are refused without a mark of all of them, until somebody accepts them, on the record', async () => {
    const { accept, recorder: _, ...record } = await earlier();
    const highWater = highWaterInMemory();
    const start = () => openRecorder({ ...record, highWater });
    await expect(start()).rejects.toMatchObject({
      code: 'record_contradicted',
      advice: expect.stringContaining('sluice accept-loss') as string,
    });
    expect(await accept({ highWater })).toMatchObject({
      size: 4,
      proven: 2,
      unmarked: 2,
      contradiction: null,
    });
    const later = await start();
    await later.checkpoint();
    expect(await verifyStore(record.store, [record.signers[0].publicKey])).toMatchObject({ intact: true });
    const notices = await record.db
      .selectFrom('recorded_event')
      .select('body')
      .where('type', '=', 'notice')
      .execute();
    expect(JSON.parse(notices[0]!.body!)).toMatchObject({
      what: 'loss_accepted',
      detail: { unmarked: '2', events: '4', by: 'root' },
    });
  });

  it.each<[string, (attacker: Attacker, record: { session: string; path: string }) => void]>([
    ['behind one that has a MAC', (attacker, { session }) => attacker.append(session, statement('select 2'))],
    [
      'with a wrong MAC',
      (attacker, { path }) =>
        attacker.run(
          `UPDATE recorded_event SET mac = '${'ab'.repeat(16)}' WHERE position = ${rowsOf(path).length - 1}`,
        ),
    ],
  ])('are never accepted %s', async (_, add) => {
    const { accept, recorder, attack, ...record } = await earlier();
    const highWater = highWaterInMemory();
    // A relay of this version has run since.
    await recorder.append(newSession(), opened('carol'));
    attack((attacker) => add(attacker, record));
    await expect(accept({ highWater })).rejects.toMatchObject({ code: 'record_contradicted' });
  });

  it('are never accepted once a relay of this version has signed', async () => {
    const { recorder, attack, session, ...record } = await aRelay();
    await recorder.checkpoint();
    attack((attacker) => attacker.append(session, statement('select 2')));
    const highWater = highWaterInMemory();
    await expect(acceptLoss({ ...record, highWater, by: 'root', reason: 'tricked' })).rejects.toMatchObject({
      code: 'record_contradicted',
    });
    await expect(openRecorder({ ...record, highWater })).rejects.toMatchObject({
      advice: expect.not.stringContaining('accept-loss') as string,
    });
  });
});

it('accepts no loss with what somebody has added where it was', async () => {
  const { recorder, attack, session, path, ...record } = await aRelay();
  await recorder.append(session, statement('select 2'));
  await recorder.append(session, statement('select 3'));
  const size = rowsOf(path).length;
  attack((attacker) => {
    attacker.run(`DELETE FROM recorded_event WHERE position >= ${size - 2};
      UPDATE recorded_log SET size = ${size - 2}`);
    attacker.append(session, statement('select 4'));
  });
  await expect(acceptLoss({ ...record, by: 'root', reason: 'the disk' })).rejects.toMatchObject({
    code: 'record_contradicted',
  });
});

it('says on the record what had been found before, when a loss is accepted', async () => {
  const { recorder, attack, refusal, session, path, ...record } = await aRelay();
  await recorder.append(session, statement('select 2'));
  const size = rowsOf(path).length;
  attack((attacker) =>
    attacker.run(`DELETE FROM recorded_event WHERE position = ${size - 1};
      DELETE FROM recorded_recent WHERE position = ${size - 1};
      DELETE FROM recorded_mention WHERE position = ${size - 1};
      DELETE FROM recorded_open_statement;
      UPDATE recorded_log SET size = ${size - 1}`),
  );
  expect(await refusal()).toMatch(/record_contradicted/);
  const accepted = await acceptLoss({ ...record, by: 'root', reason: 'the disk' });
  expect(accepted.contradiction).toMatch(/the store does not hold what was recorded/);
  const [notice] = await record.db
    .selectFrom('recorded_event')
    .select('body')
    .where('type', '=', 'notice')
    .execute();
  expect(JSON.parse(notice!.body!)).toMatchObject({ detail: { contradiction: accepted.contradiction } });
});

interface Row {
  readonly position: number;
  readonly hash: string;
  readonly mac: string;
}

function rowsOf(path: string): readonly Row[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare('SELECT position, hash, mac FROM recorded_event ORDER BY position').all();
  db.close();
  return rows as unknown as Row[];
}

/** The MAC that the newest row would have under a data key. */
function macUnder(key: Uint8Array, log: string, path: string): string {
  const { position, hash } = rowsOf(path).at(-1)!;
  const subkey = hkdfSync('sha256', key, Buffer.alloc(0), 'sluice/event-author/v1', 32);
  return createHmac('sha256', Buffer.from(subkey))
    .update(`sluice/event-author/v1\n${log}\n${position}\n${hash}`)
    .digest('hex')
    .slice(0, 32);
}
