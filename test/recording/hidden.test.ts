import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { canonicalJson, type EventBody } from '@sluice/contract';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SluiceError } from '../../relay/src/errors.ts';
import { headFile } from '../../relay/src/recording/checkpoints/head-file.ts';
import { highWaterFile } from '../../relay/src/recording/checkpoints/high-water.ts';
import {
  type Checkpoint,
  exportSession,
  linesOf,
  openRecorder,
  parseCheckpoint,
  payloadReader,
  verifyExport,
} from '../../relay/src/recording/index.ts';
import {
  newSession,
  opened,
  openTestRecord,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { openTestRetention } from '../../relay/src/recording/testing/open-test-retention.ts';
import { addedRow } from '../support/attacker.ts';
import { recordADay } from '../../relay/src/recording/testing/record-a-day.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-hidden-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A relay's record in a file, with a session that has approvals, all of it signed. */
async function aRelay() {
  const path = join(folder, `${randomUUID()}.db`);
  const record = await openTestRecord({
    path,
    heads: headFile(`${path}.head`),
    highWater: highWaterFile(`${path}.mark`),
  });
  onTestFinished(() => record.store.close());
  const session = await recordADay(record.recorder, 'bob');
  await record.recorder.append(newSession(), opened('carol'));
  await record.recorder.checkpoint();
  return { ...record, path, session };
}

type Relay = Awaited<ReturnType<typeof aRelay>>;

/** The verdict on an export that the relay attests, or why it does not. */
async function exported(
  relay: Relay,
  recorder = relay.recorder,
  session = relay.session,
  /** One that was taken before; taking one may find what was changed by itself. */
  taken?: Checkpoint,
): Promise<string> {
  const [signer] = relay.signers;
  try {
    const checkpoint = taken ?? (await recorder.checkpoint());
    const attestation = { signer, proof: recorder.proof };
    const chunks = exportSession({
      ...relay,
      payloads: payloadReader(relay),
      attestation,
      checkpoint,
      session,
    });
    const bytes = (await Array.fromAsync(chunks)).map((chunk) => Buffer.from(chunk));
    const { intact, attested, events } = await verifyExport(linesOf(Readable.from(bytes)), [
      signer.publicKey,
    ]);
    return `intact ${intact}, attested ${attested}, ${events} events`;
  } catch (error) {
    const { code, message } = error as SluiceError;
    return `${code}: ${message}`;
  }
}

/** The same record after a restart of the relay, which has not read what was signed before. */
const restarted = (relay: Relay) => openRecorder({ ...relay, heads: headFile(`${relay.path}.head`) });

/** Runs beside the relay, on its database. */
function attack({ path }: Pick<Relay, 'path'>, sql: string): void {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  db.exec(sql);
  db.close();
}

/** Puts an index without these rows in the place of the one that reads by session go by. */
function shrinkIndex({ path }: Pick<Relay, 'path'>, hidden: string): void {
  const db = new DatabaseSync(path, { timeout: 5_000, defensive: false });
  db.exec(
    `CREATE UNIQUE INDEX evil ON recorded_event (session, seq) WHERE NOT (${hidden}); PRAGMA writable_schema = ON`,
  );
  const [auto, evil] = ['sqlite_autoindex_recorded_event_1', 'evil'].map((name) =>
    Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.['rootpage']),
  );
  db.exec(`UPDATE sqlite_schema SET rootpage = ${evil} WHERE name = 'sqlite_autoindex_recorded_event_1';
    UPDATE sqlite_schema SET rootpage = ${auto} WHERE name = 'evil'`);
  const version = Number(db.prepare('PRAGMA schema_version').get()?.['schema_version']);
  db.exec(`PRAGMA schema_version = ${version + 1}; PRAGMA writable_schema = RESET`);
  db.close();
  attack({ path }, 'DROP INDEX evil');
}

const newestOf = (session: string, count: number) =>
  `position IN (SELECT position FROM recorded_event WHERE session = '${session}' ORDER BY seq DESC LIMIT ${count})`;
const REFUSED =
  /^record_contradicted: .*is not found by the session, or is another: nothing of it is exported/;

describe('an export that the relay attests leaves nothing out', () => {
  it.each([false, true])('of a record that nobody has touched; after a restart: %s', async (isRestarted) => {
    const relay = await aRelay();
    const recorder = isRestarted ? await restarted(relay) : relay.recorder;
    const whole = /^intact true, attested true/;
    expect(await exported(relay, recorder)).toMatch(whole);
    expect(await exported(relay, recorder, recorder.relaySession)).toMatch(whole);
    // Of a session that goes on meanwhile.
    const { events } = relay.store;
    const session = newSession();
    await recorder.append(session, opened('dora'));
    await recorder.append(session, statement('select 1'));
    const goesOn = {
      ...relay,
      store: {
        ...relay.store,
        events: {
          ...events,
          ofSession: async (...given: Parameters<typeof events.ofSession>) => {
            await recorder.append(session, statement('select 2'));
            return await events.ofSession(...given);
          },
        },
      },
    };
    expect(await exported(goesOn, recorder, session)).toBe('intact true, attested true, 2 events');
  });

  it.each([false, true])(
    'whose session was another one for a while; after a restart: %s',
    async (isRestarted) => {
      const relay = await aRelay();
      const { session } = relay;
      const recorder = isRestarted ? await restarted(relay) : relay.recorder;
      if (isRestarted) await recorder.proof.readFrom(0);
      attack(relay, `UPDATE recorded_event SET session = 'hidden' WHERE ${newestOf(session, 3)}`);
      expect(await exported(relay, recorder)).toMatch(REFUSED);
      attack(relay, `UPDATE recorded_event SET session = '${session}' WHERE session = 'hidden'`);
      expect(await exported(relay, recorder)).toMatch(/^intact true/);
      attack(relay, `UPDATE recorded_event SET session = 'hidden' WHERE session = '${session}' AND seq = 4`);
      expect(await exported(relay, recorder)).toMatch(REFUSED);
    },
  );

  it('whose session is another one when the relay reads it for the first time', async () => {
    const relay = await aRelay();
    attack(relay, `UPDATE recorded_event SET session = 'hidden' WHERE ${newestOf(relay.session, 3)}`);
    const recorder = await restarted(relay);
    expect(await exported(relay, recorder)).toMatch(/^record_contradicted: .*was altered/);
    expect(recorder.isSound()).toBe(false);
  });

  it.each([false, true])('that an index lacks; after a restart: %s', async (isRestarted) => {
    const relay = await aRelay();
    shrinkIndex(relay, newestPositions(relay, 3));
    const recorder = isRestarted ? await restarted(relay) : relay.recorder;
    expect(await exported(relay, recorder)).toMatch(REFUSED);
  });
});

it('nor what a database hides from some queries and shows to others', async () => {
  const relay = await aRelay();
  const { events } = relay.store;
  const ofSession: typeof events.ofSession = async (session, page) => {
    const rows = await events.ofSession(session, page);
    return page.within === undefined ? rows : rows.filter(({ seq }) => seq < 8);
  };
  const store = { ...relay.store, events: { ...events, ofSession } };
  expect(await exported({ ...relay, store })).toMatch(REFUSED);
});

describe('nor has anything in it that is not what was recorded', () => {
  it.each([
    ['a text in the middle', 'text', 1],
    ['a text in the middle, and its own hash', 'hash', 1],
    ['the last event, and its own hash', 'hash', -1],
  ] as const)('%s', async (_, how, seq) => {
    const relay = await aRelay();
    const taken = await relay.recorder.checkpoint();
    const rows = await rowsOf(relay, relay.session);
    const row = rows.at(seq)!;
    const body = { type: 'prompt', text: 'leave that customer alone', source: 'mcp' } as const;
    rewrite(
      relay,
      row.position,
      how === 'text' ? { body: canonicalJson(body) } : addedRow(rows.at(seq - 1)!, body),
    );
    expect(await exported(relay, relay.recorder, relay.session, taken)).toMatch(REFUSED);
  });

  it.each(['text', 'hash'] as const)('that a device is another: its %s', async (how) => {
    const relay = await aRelay();
    const taken = await relay.recorder.checkpoint();
    const rows = await rowsOf(relay, relay.recorder.relaySession);
    const at = rows.findIndex(({ type }) => type === 'device_enrolled');
    const body = JSON.parse(rows[at]!.body!) as Extract<EventBody, { type: 'device_enrolled' }>;
    const other = { ...body, identity: 'https://issuer.example|mallory' };
    rewrite(
      relay,
      rows[at]!.position,
      how === 'text' ? { body: canonicalJson(other) } : addedRow(rows[at - 1]!, other),
    );
    expect(await exported(relay, relay.recorder, relay.session, taken)).toMatch(
      /^record_contradicted: .*which says whose keys sign/,
    );
  });

  it('that what somebody has put behind the checkpoint shows the session to go on', async () => {
    const relay = await aRelay();
    const { recorder, session, store } = relay;
    const checkpoint = await recorder.checkpoint();
    const rows = await rowsOf(relay, session);
    attack(relay, `UPDATE recorded_event SET session = 'hidden' WHERE position = ${rows.at(-1)!.position}`);
    const db = new DatabaseSync(relay.path, { timeout: 5_000 });
    const row = {
      position: checkpoint.size,
      ...addedRow(rows.at(-2)!, { type: 'closed', how: 'client' }),
      mac: '',
    };
    db.prepare(
      `INSERT INTO recorded_event (${Object.keys(row).join()}) VALUES (${Object.keys(row)
        .map(() => '?')
        .join()})`,
    ).run(...Object.values(row));
    db.exec('UPDATE recorded_log SET size = size + 1');
    db.close();
    const attestation = { signer: relay.signers[0], proof: recorder.proof };
    const lines = exportSession({ store, payloads: null, attestation, checkpoint, session });
    await expect(Array.fromAsync(lines)).rejects.toMatchObject({ code: 'record_contradicted' });
  });
});

describe('nor what says whose keys sign', () => {
  const hide = (relay: Relay, where: string) =>
    attack(relay, `UPDATE recorded_event SET session = 'hidden' WHERE ${where}`);

  it('that a device was revoked', async () => {
    const relay = await aRelay();
    const { recorder } = relay;
    const [enrolment] = await relay.store.events.ofTypes(recorder.relaySession, ['device_enrolled']);
    const { key } = JSON.parse(enrolment!.body!) as { key: string };
    const identity = 'https://issuer.example|bob';
    await recorder.append(recorder.relaySession, { type: 'device_revoked', identity, key, name: 'laptop' });
    expect(await exported(relay)).toMatch(/^intact true/);
    hide(relay, "type = 'device_revoked'");
    expect(await exported(relay)).toMatch(/^record_contradicted: .*which says whose keys sign/);
    // Of a session without decisions, it says nothing.
    const session = newSession();
    await recorder.append(session, opened('dora'));
    expect(await exported(relay, recorder, session)).toMatch(/^intact true/);
  });

  it('that a session has decisions, whose devices have lines', async () => {
    const relay = await aRelay();
    const { events } = relay.store;
    // As an index of decisions would, that lacks them.
    const ofTypes: typeof events.ofTypes = async (session, types, within) =>
      types.includes('approval_decided') ? [] : await events.ofTypes(session, types, within);
    const store = { ...relay.store, events: { ...events, ofTypes } };
    expect(await exported({ ...relay, store })).toMatch(REFUSED);
  });

  it('that a key signs the log', async () => {
    const relay = await aRelay();
    expect(await exported(relay)).toMatch(/^intact true/);
    hide(relay, "type = 'signing_key'");
    const { recorder, store, session } = relay;
    const checkpoint = parseCheckpoint((await store.checkpoints.newest())!.note)!;
    const attestation = { signer: relay.signers[0], proof: recorder.proof };
    const payloads = payloadReader(relay);
    const lines = exportSession({ ...relay, payloads, attestation, checkpoint, session });
    await expect(Array.fromAsync(lines)).rejects.toMatchObject({ code: 'record_contradicted' });
  });
});

it('retention takes no session for old whose newest event is hidden', async () => {
  const relay = await aRelay();
  const { recorder, session, clock, store } = relay;
  const rule = { name: 'a-year', afterDays: 365, removes: 'bodies' as const };
  const retention = await openTestRetention(relay, [rule], { onError: () => {} });
  clock.now += 400 * 86_400_000;
  await recorder.append(session, { type: 'notice', what: 'looked_at', detail: {} });
  await recorder.checkpoint();
  shrinkIndex(relay, newestPositions(relay, 1));
  attack(relay, "UPDATE recorded_session SET closed_at = '2026-03-01T09:00:00.000Z'");
  const { problem, rules } = await retention.run();
  expect([problem, rules[0]!.sessions]).toEqual([expect.stringContaining('is not what was recorded'), 0]);
  expect((await store.events.ofTypes(session, ['redacted'])).length).toBe(0);
});

const rowsOf = ({ db }: Relay, session: string) =>
  db.selectFrom('recorded_event').selectAll().where('session', '=', session).orderBy('seq').execute();

function rewrite(
  { path }: Relay,
  position: number,
  columns: Readonly<Record<string, string | number>>,
): void {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  const set = Object.keys(columns).map((name) => `${name} = ?`);
  db.prepare(`UPDATE recorded_event SET ${set.join()} WHERE position = ?`).run(
    ...Object.values(columns),
    position,
  );
  db.close();
}

/** As literals: an index has no subqueries. */
function newestPositions({ path, session }: Relay, count: number): string {
  const db = new DatabaseSync(path);
  const rows = db.prepare(`SELECT position FROM recorded_event WHERE ${newestOf(session, count)}`).all();
  db.close();
  return `position IN (${rows.map(({ position }) => position).join()})`;
}
