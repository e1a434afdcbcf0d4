import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../identity/index.ts';
import { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import type { SessionGrant, Sessions, SessionSeals } from './index.ts';
import { hashToken } from './session-token.ts';
import { CLIENT, HOUR, openTestSessions, STATE, testIdentity } from './testing.ts';

const start = 1_000_000_000_000;
const admitted = async () => {};
const UNKNOWN = { code: 'session_unknown' };

let kept: Awaited<ReturnType<typeof openRecordedStore>>;
let time: number;
let bobs: SessionGrant;
let mallorys: SessionGrant;

beforeEach(async () => {
  kept = await openRecordedStore();
  time = start;
  const sessions = aRelay();
  bobs = await sessions.open(identity('bob'), CLIENT, STATE);
  mallorys = await sessions.open(identity('mallory'), CLIENT, STATE);
});

/** One that has just started, and has nothing in memory. */
function aRelay(seals: SessionSeals = kept.seals): Sessions {
  return openTestSessions({ kept, seals, now: () => time });
}

function identity(subject: string): Identity {
  return testIdentity(subject, time);
}

/** Somebody who can write to the database. */
const attack = async (text: string) => void (await sql.raw(text).execute(kept.db));
const closings = async () =>
  await kept.db.selectFrom('recorded_event').select('session').where('type', '=', 'closed').execute();

describe('a token of somebody who can write to the database is none', () => {
  const token = 'a-token-of-theirs';
  const hash = hashToken(token);
  const add = (seal: string) =>
    attack(
      `INSERT INTO session_token (hash, session_id, expires_at, seal)
       VALUES ('${hash}', '${bobs.session.id}', ${start + HOUR}, ${seal})`,
    );

  it.each([
    ['without a seal', `''`],
    ['with one that was made up', `'${'ab'.repeat(32)}'`],
    ['with that of a token of the session', `(SELECT seal FROM session_token LIMIT 1)`],
    ['with that of the session', `(SELECT seal FROM session LIMIT 1)`],
  ])('in another session: %s', async (_, seal) => {
    await add(seal);
    await expect(aRelay().byToken(token)).rejects.toMatchObject(UNKNOWN);
  });

  it('nor one that was given to them, for another session', async () => {
    await attack(
      `UPDATE session_token SET session_id = '${bobs.session.id}' WHERE hash = '${hashToken(mallorys.token)}'`,
    );
    await expect(aRelay().byToken(mallorys.token)).rejects.toMatchObject(UNKNOWN);
  });

  it('nor one that is good for longer than it was given for', async () => {
    await attack(`UPDATE session_token SET expires_at = expires_at + ${HOUR}`);
    time += 1.5 * HOUR;
    await expect(aRelay().byToken(bobs.token)).rejects.toMatchObject(UNKNOWN);
  });

  it('nor as a master token', async () => {
    await attack(`UPDATE session SET master_hash = '${hash}' WHERE id = '${bobs.session.id}'`);
    await expect(aRelay().renew(token, admitted)).rejects.toMatchObject(UNKNOWN);
  });

  it('nor under the keys of another store', async () => {
    const other = await openRecordedStore();
    await expect(aRelay(other.seals).byToken(bobs.token)).rejects.toMatchObject(UNKNOWN);
  });
});

describe('a session is as a relay wrote it', () => {
  it.each([
    ['whose it is', `identity = replace(identity, 'mallory', 'bob')`],
    ['its groups', `identity = replace(identity, 'analysts', 'owners')`],
    ['from which client', `client = replace(client, '"Go"', '"JDBC"')`],
    ['until when it is good', `expires_at = expires_at + 1`],
    ['until when it can be renewed', `master_expires_at = master_expires_at + 1`],
  ])('%s', async (_, change) => {
    await attack(`UPDATE session SET ${change} WHERE id = '${mallorys.session.id}'`);
    const relay = aRelay();
    await expect(relay.byToken(mallorys.token)).rejects.toMatchObject(UNKNOWN);
    await expect(relay.renew(mallorys.masterToken, admitted)).rejects.toMatchObject(UNKNOWN);
    expect(await relay.find(mallorys.session.id)).toBeNull();
    expect(await relay.byToken(bobs.token)).toMatchObject({ identity: { subject: 'bob' } });
  });

  it('also while the relay that has it runs', async () => {
    const relay = aRelay();
    await relay.byToken(mallorys.token);
    await attack(`UPDATE session SET identity = replace(identity, 'mallory', 'bob')`);
    await expect(relay.byToken(mallorys.token)).rejects.toMatchObject(UNKNOWN);
  });

  it('and not somebody else’s by the key that a client shares it by', async () => {
    const relay = aRelay();
    await attack(`UPDATE session SET shared_key = 'mallorys' WHERE id = '${bobs.session.id}'`);
    const shared = await relay.share('mallorys', identity('mallory'), CLIENT, async () => ({ state: STATE }));
    expect(shared.identity.subject).toBe('mallory');
    expect(await relay.share('mallorys', identity('mallory'), CLIENT, async () => ({ state: STATE }))).toBe(
      shared,
    );
  });

  it('and closed once it was: nobody opens it again', async () => {
    const shared = await aRelay().share('ada', identity('ada'), CLIENT, async () => ({ state: STATE }));
    for (const { id } of [bobs.session, shared]) await aRelay().end(id, 'revoked');
    await attack('UPDATE session SET ended = NULL');
    const relay = aRelay();
    await expect(relay.byToken(bobs.token)).rejects.toMatchObject(UNKNOWN);
    await expect(relay.renew(bobs.masterToken, admitted)).rejects.toMatchObject(UNKNOWN);
    const again = await relay.share('ada', identity('ada'), CLIENT, async () => ({ state: STATE }));
    expect(again.id).not.toBe(shared.id);
    // And its end is not put on the record twice.
    time += 5 * HOUR;
    await relay.endExpired();
    expect((await closings()).filter(({ session }) => session === bobs.session.id)).toHaveLength(1);
  });

  it('and one that was made up is none, and leaves nothing on the record', async () => {
    const id = randomUUID();
    await attack(
      `INSERT INTO session (id, identity, CLIENT, STATE, opened_at, expires_at, master_hash, master_expires_at,
         ended, context, context_version, shared_key, seal)
       SELECT '${id}', identity, CLIENT, STATE, opened_at, expires_at, 'other', master_expires_at, NULL, NULL, 0, NULL, seal
       FROM session WHERE id = '${bobs.session.id}'`,
    );
    const relay = aRelay();
    expect(await relay.find(id as never)).toBeNull();
    time += 5 * HOUR;
    await relay.endExpired();
    expect((await closings()).map(({ session }) => session)).not.toContain(id);
  });
});

it('one of a version that sealed none is ended on the record when its time is over, and used no more', async () => {
  await attack(`UPDATE session SET seal = ''`);
  const relay = aRelay();
  await expect(relay.byToken(bobs.token)).rejects.toMatchObject(UNKNOWN);
  time += 5 * HOUR;
  await relay.endExpired();
  expect(await closings()).toHaveLength(2);
});

it('goes on at a relay that has just started, renewed or kept alive', async () => {
  const relay = aRelay();
  expect(await relay.byToken(bobs.token)).toMatchObject({ id: bobs.session.id });
  const renewed = await relay.renew(bobs.masterToken, admitted);
  expect(await aRelay().byToken(renewed.token)).toMatchObject({ id: bobs.session.id });
  await relay.keepAlive(bobs.session);
  expect(await aRelay().renew(bobs.masterToken, admitted)).toMatchObject({
    session: { id: bobs.session.id },
  });
});
