import { type Kysely, sql } from 'kysely';
import { SluiceError } from '../../errors.ts';
import type { EventLog } from '../log/event-log.ts';
import { type RecordingTables, recordingTables } from '../tables.ts';
import { type Checkpoint, checkpointBytes } from './checkpoint.ts';
import { logTree, storeSubtrees } from './log-tree.ts';
import { type Signer, spki } from './signer.ts';

/** Signs the log as it grows. */
export interface Checkpointer {
  /** A checkpoint over everything on the record now, signed by the current key. */
  take(): Promise<Checkpoint>;
}

/**
 * Opens with the key named on the record: the first time, and whenever the current signer is another than the
 * last. If the last one is still among the signers it hands over: it signs a checkpoint that ends with
 * the event that names its successor, so that whoever trusts the old key can trust the new one.
 */
export async function openCheckpointer(options: {
  readonly database: Kysely<unknown>;
  readonly log: EventLog;
  readonly now: () => number;
  readonly signers: readonly [Signer, ...Signer[]];
}): Promise<Checkpointer> {
  const { log, now, signers } = options;
  const database = recordingTables(options.database);
  const [current] = signers;
  let thinned = '';

  const sign = async (signer: Signer, size: number): Promise<Checkpoint> => {
    const known = await read(database, size, signer.key);
    if (known !== undefined) return { log: log.relaySession, ...known };
    await storeSubtrees(database, size);
    const root = (await logTree(database).root(size)).toString('hex');
    const at = new Date(now()).toISOString();
    const unsigned = { log: log.relaySession, size, root, at, key: signer.key };
    const signature = Buffer.from(await signer.sign(checkpointBytes(unsigned))).toString('hex');
    await database
      .insertInto('recorded_checkpoint')
      .values({ size, at, root, key: signer.key, signature })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const hour = at.slice(0, HOUR);
    if (hour !== thinned) {
      thinned = hour;
      await thinOut(database, hour);
    }
    return { ...unsigned, signature };
  };

  const last = await lastSigningKey(database, log);
  if (last !== current.key) {
    const publicKey = spki(current.publicKey).toString('base64');
    await log.append(log.relaySession, { type: 'signing_key', key: current.key, publicKey });
    const retiring = signers.find(({ key }) => key === last);
    if (retiring !== undefined) await sign(retiring, await sizeWithLastKey(database, log));
  }
  return {
    async take() {
      // In one statement: the key that signs is the one that the log names before it ends.
      const { size, key } = await headOf(database, log);
      if (key !== current.key) throw retired();
      return sign(current, size);
    },
  };
}

/** The signers, the one first that signs the log now: for a process beside the relay, which must not change it. */
export async function currentFirst(
  store: Kysely<unknown>,
  signers: readonly [Signer, ...Signer[]],
): Promise<readonly [Signer, ...Signer[]]> {
  const row = await recordingTables(store)
    .selectFrom('recorded_event')
    .select('body')
    .where('type', '=', 'signing_key')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  const key = row && keyIn(row.body);
  const current = signers.find((signer) => signer.key === key);
  return current === undefined ? signers : [current, ...signers.filter((signer) => signer !== current)];
}

/** Characters of a time that name its hour: `2026-03-01T09`. */
const HOUR = 13;

/**
 * Of what was signed before this hour keeps the last checkpoint of each hour and key: any later one covers
 * what an earlier one did, and they would outgrow the record. A hand-over is its key's last.
 */
async function thinOut(database: Kysely<RecordingTables>, hour: string): Promise<void> {
  const kept = database
    .selectFrom('recorded_checkpoint')
    .select((row) => row.fn.max('size').as('size'))
    .groupBy(['key', sql`substr(at, 1, ${HOUR})`]);
  await database
    .deleteFrom('recorded_checkpoint')
    .where('at', '<', hour)
    .where('size', 'not in', kept)
    .execute();
}

async function read(database: Kysely<RecordingTables>, size: number, key: string) {
  return database
    .selectFrom('recorded_checkpoint')
    .selectAll()
    .where('size', '=', size)
    .where('key', '=', key)
    .executeTakeFirst();
}

async function headOf(database: Kysely<RecordingTables>, log: EventLog) {
  const { size, body } = await database
    .selectFrom('recorded_log')
    .select('size')
    .select(keyEvents(database, log).clearSelect().select('body').as('body'))
    .executeTakeFirstOrThrow();
  return { size, key: keyIn(body) };
}

function keyIn(body: string | null): string | undefined {
  return (JSON.parse(body ?? '{}') as { key?: string }).key;
}

function retired(): SluiceError {
  return new SluiceError('config_invalid', 'another process has changed the signing key', {
    advice: 'restart the relay, so that it signs with the new one',
  });
}

/** The fingerprint of the key that the record says signs; undefined in a new store. */
async function lastSigningKey(database: Kysely<RecordingTables>, log: EventLog): Promise<string | undefined> {
  const row = await keyEvents(database, log).executeTakeFirst();
  return row && keyIn(row.body);
}

async function sizeWithLastKey(database: Kysely<RecordingTables>, log: EventLog): Promise<number> {
  const { position } = await keyEvents(database, log).executeTakeFirstOrThrow();
  return position + 1;
}

function keyEvents(database: Kysely<RecordingTables>, log: EventLog) {
  return database
    .selectFrom('recorded_event')
    .select(['position', 'body'])
    .where('session', '=', log.relaySession)
    .where('type', '=', 'signing_key')
    .orderBy('seq', 'desc')
    .limit(1);
}
