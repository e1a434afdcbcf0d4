import { DatabaseSync } from 'node:sqlite';
import { growingTree, hexHash, jcs } from './bytes.ts';
import { type Finding, Found, sessionCheck } from './session.ts';
import { isCheckpoint, isEvent, type Json } from './shapes.ts';
import { type Trust, trustedKeys } from './trust.ts';

/** Checks a whole store, as docs/recording-format.md says; `kept` are checkpoints from somewhere else. */
export function checkStore(
  path: string,
  keys: readonly Uint8Array[],
  kept: readonly Json[] = [],
): Finding | { readonly intact: true; readonly events: number; readonly unsigned: number } {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return check(database, trustedKeys(keys), kept);
  } catch (error) {
    if (error instanceof Found) return error.finding;
    throw error;
  } finally {
    database.close();
  }
}

interface Where {
  readonly session: string;
  readonly seq: number;
}

function check(database: DatabaseSync, trust: Trust, kept: readonly Json[]) {
  const [about] = database.prepare('SELECT relay_session, size FROM recorded_log').all();
  if (about === undefined) throw new Found('removed', 'the log has no name');
  const log = String(about['relay_session']);
  const checkpoints = checkpointsOf(database, log, kept);
  const wanted = new Set(checkpoints.map(({ size }) => Number(size)));
  const roots = new Map<number, string>();
  const tree = growingTree();
  const sessions = new Map<string, ReturnType<typeof sessionCheck>>();
  const signers: { readonly position: number; readonly body: Json }[] = [];
  const places: Where[] = [];

  const rows = database.prepare('SELECT * FROM recorded_event ORDER BY position');
  for (const row of rows.iterate() as Iterable<Json>) {
    const where = { session: String(row['session']), seq: Number(row['seq']) };
    if (row['position'] !== places.length) throw new Found('removed', 'position', where.session, where.seq);
    const event = eventOf(row, where);
    const session = sessions.get(where.session) ?? sessionCheck(where.session);
    sessions.set(where.session, session);
    session.next(event);
    const body = event['body'] as Json | undefined;
    if (where.session === log && body?.['type'] === 'signing_key') {
      signers.push({ position: places.length, body });
    }
    places.push(where);
    tree.add(String(row['hash']));
    if (wanted.has(places.length)) roots.set(places.length, tree.root());
  }
  if (Number(about['size']) > places.length) throw new Found('removed', 'the log was longer');

  let standing = 0;
  for (const checkpoint of checkpoints) {
    const size = Number(checkpoint['size']);
    if (size > places.length) throw new Found('removed', 'a checkpoint covers more');
    const first = places[standing];
    if (size > 0 && roots.get(size) !== checkpoint['root']) {
      throw new Found('forged', 'root', first?.session ?? null, first?.seq ?? null);
    }
    standing = size;
  }
  const covered = believe(trust, checkpoints, signers);
  const present = new Set(
    database.prepare('SELECT address FROM recorded_payload').all().map((row) => String(row['address'])),
  );
  for (const session of sessions.values()) session.missing((address) => present.has(address));
  return { intact: true as const, events: places.length, unsigned: places.length - covered };
}

function checkpointsOf(database: DatabaseSync, log: string, kept: readonly Json[]): readonly Json[] {
  const rows = database.prepare('SELECT size, at, root, key, signature FROM recorded_checkpoint').all();
  const all = [...rows.map((row) => ({ log, ...row }) as Json), ...kept];
  for (const one of all) {
    if (!isCheckpoint(one) || one['log'] !== log) throw new Found('forged', 'not a checkpoint of this log');
  }
  return all.toSorted((one, other) => Number(one['size']) - Number(other['size']));
}

/** How many events trusted checkpoints cover. Throws when one is signed by a key that may not have. */
function believe(
  trust: Trust,
  checkpoints: readonly Json[],
  signers: readonly { readonly position: number; readonly body: Json }[],
): number {
  const mayHaveSigned = ({ size, key }: Json): boolean => {
    const before = signers.filter(({ position }) => position < Number(size));
    const [current, former] = before.toReversed();
    const handsOver = current !== undefined && current.position + 1 === size;
    return key === current?.body['key'] || (handsOver && key === former?.body['key']);
  };
  let covered = 0;
  for (let round = 0; round <= signers.length; round += 1) {
    for (const checkpoint of checkpoints) {
      if (mayHaveSigned(checkpoint) && trust.signedCheckpoint(checkpoint)) {
        covered = Math.max(covered, Number(checkpoint['size']));
      }
    }
    for (const { position, body } of signers) if (position < covered) trust.add(body);
  }
  const bad = checkpoints.find((one) => !mayHaveSigned(one) || !trust.signedCheckpoint(one));
  if (bad !== undefined) throw new Found('forged', 'checkpoint');
  return covered;
}

function eventOf(row: Json, { session, seq }: Where): Json {
  const { at, previous, hash, type } = row;
  const place = { version: 1, session, seq, at, previous, hash };
  const fail = (): never => {
    throw new Found('altered', 'not the event that was recorded', session, seq);
  };
  const bodiless = row['body'] === null && row['salt'] === null;
  try {
    const event: Json = bodiless
      ? { ...place, type, bodyDigest: row['body_digest'] }
      : { ...place, body: JSON.parse(String(row['body'])), salt: row['salt'] };
    if (!isEvent(event)) return fail();
    const body = event['body'] as Json | undefined;
    if (body === undefined) return event;
    const digest = hexHash('sluice/body/v1\n', jcs({ body, salt: event['salt'] }));
    const same = body['type'] === type && jcs(body) === row['body'] && digest === row['body_digest'];
    return same ? event : fail();
  } catch {
    return fail();
  }
}
