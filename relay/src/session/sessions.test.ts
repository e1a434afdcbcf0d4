import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import type { Identity } from '../identity/index.ts';
import { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import type { Session, Sessions } from './index.ts';
import { CLIENT, HOUR, openTestSessions, STATE, testIdentity, type TestSessionsOptions } from './testing.ts';

const admitted = async () => {};

let kept: Awaited<ReturnType<typeof openRecordedStore>>;
let sessions: Sessions;
let time: number;
let opened: string[];
let ended: string[];

beforeEach(async () => {
  kept = await openRecordedStore();
  time = 1_000_000_000_000;
  opened = [];
  ended = [];
  sessions = start();
});

function start(
  onOpened = async (session: Session) => void opened.push(session.identity.subject),
  limits: TestSessionsOptions['limits'] = {},
): Sessions {
  const onEnding = (session: Session) => void ended.push(session.identity.subject);
  return openTestSessions({ kept, now: () => time, limits, onOpened, onEnding });
}

/** What the record says of the ends of sessions, in order. */
async function howEnded(): Promise<unknown[]> {
  const rows = await kept.db
    .selectFrom('recorded_event')
    .select('body')
    .where('type', '=', 'closed')
    .orderBy('position')
    .execute();
  return rows.map(({ body }) => (JSON.parse(body!) as { how: unknown }).how);
}

function identity(subject: string, lastsMs?: number): Identity {
  return testIdentity(subject, time, lastsMs);
}

it('knows a session by its token until it ends, also after a restart', async () => {
  const { session, token } = await sessions.open(identity('ada'), CLIENT, STATE);
  expect(await sessions.byToken(token)).toBe(session);
  await kept.store.transaction((tx) =>
    tx.sessions.keepContext(session.id, 0, {
      state: { ...STATE, schema: 'OTHER' },
      variables: [],
      parameters: { WEEK_START: 1 },
      stays: [],
      relay: 'this',
    }),
  );
  sessions = start();
  const again = await sessions.byToken(token);
  expect(again).toEqual({
    ...session,
    state: { ...STATE, schema: 'OTHER' },
    parameters: { WEEK_START: 1 },
  });
  expect(await sessions.find(session.id), 'one object').toBe(again);
  await sessions.end(session.id, 'client');
  await sessions.end(session.id, 'expired');
  await expect(sessions.byToken(token)).rejects.toMatchObject({ code: 'session_ended' });
  expect(await sessions.find(session.id)).toBeNull();
  // Also at the one before: it is on this store still.
  expect(ended).toEqual(['ada', 'ada']);
  expect(await howEnded()).toEqual(['client']);
});

it('stores no token', async () => {
  const { token, masterToken } = await sessions.open(identity('ada'), CLIENT, STATE);
  const { rows } = await sql`SELECT * FROM session, session_token`.execute(kept.db);
  const stored = JSON.stringify(rows);
  expect(rows).toHaveLength(1);
  expect([token, masterToken].filter((secret) => stored.includes(secret))).toEqual([]);
  expect(token).toMatch(/^[\w-]{43}$/);
});

it('opens no session that cannot be recorded', async () => {
  sessions = start(async () => {
    throw new Error('disk full');
  });
  await expect(sessions.open(identity('ada'), CLIENT, STATE)).rejects.toThrow('disk full');
  expect(await sessions.endWhere(() => true, 'revoked')).toEqual([]);
});

it('renews an expired session token with the master token, and with nothing else', async () => {
  const first = await sessions.open(identity('ada'), CLIENT, STATE);
  expect(first).toMatchObject({ tokenSeconds: 3600, masterSeconds: 4 * 3600 });
  time += HOUR;
  await expect(sessions.byToken(first.token)).rejects.toMatchObject({ code: 'session_expired' });
  await expect(sessions.renew(first.token, admitted)).rejects.toMatchObject({ code: 'session_unknown' });
  await expect(sessions.byToken(first.masterToken)).rejects.toMatchObject({ code: 'session_unknown' });
  const second = await sessions.renew(first.masterToken, admitted);
  expect(second).toMatchObject({ session: first.session, masterToken: first.masterToken });
  expect(await sessions.byToken(second.token)).toBe(first.session);
});

it('goes on while it is used, never beyond the expiry of the identity token', async () => {
  const { session, masterToken } = await sessions.open(identity('ada', 9 * HOUR), CLIENT, STATE);
  time += 3 * HOUR;
  await sessions.keepAlive(session);
  time += 3 * HOUR;
  await sessions.renew(masterToken, admitted);
  time += 2.5 * HOUR;
  const last = await sessions.renew(masterToken, admitted);
  expect(last).toMatchObject({ tokenSeconds: 1800, masterSeconds: 1800 });
  time += HOUR / 2;
  await expect(sessions.renew(masterToken, admitted)).rejects.toMatchObject({ code: 'session_ended' });
  await expect(sessions.byToken(last.token)).rejects.toMatchObject({ code: 'session_ended' });
});

it('refuses an identity whose token is over', async () => {
  await expect(sessions.open(identity('ada', 0), CLIENT, STATE)).rejects.toMatchObject({
    code: 'token_expired',
  });
});

it('ends idle sessions when their time is over', async () => {
  await sessions.open(identity('ada'), CLIENT, STATE);
  time += 2 * HOUR;
  await sessions.open(identity('bob'), CLIENT, STATE);
  await sessions.endExpired();
  expect(ended).toEqual([]);
  time += 2 * HOUR;
  await sessions.endExpired();
  await sessions.endExpired();
  expect(ended).toEqual(['ada']);
  expect(await howEnded()).toEqual(['expired']);
});

it.each(['client', 'expired'] as const)(
  'has nothing more of a session that another relay ended: %s',
  async (how) => {
    const here = (sessions = start(undefined, { identity: { sessions: 1 } }));
    const { session } = await here.open(identity('ada'), CLIENT, STATE);
    const there = start();
    // After a restart, too, it has its place at every relay.
    await there.resume();
    await there.end(session.id, how);
    await expect.poll(() => ended).toEqual(['ada', 'ada']);
    expect(await howEnded()).toEqual([how]);
    const next = await here.open(identity('ada'), CLIENT, STATE);
    await here.end(next.session.id, 'client');
    await here.open(identity('ada'), CLIENT, STATE);
  },
);

it('forgets sessions a day after they could last have been used, and no open one', async () => {
  const old = await sessions.open(identity('ada'), CLIENT, STATE);
  await sessions.end(old.session.id, 'client');
  time += 27 * HOUR;
  await sessions.endExpired();
  await expect(sessions.byToken(old.token)).rejects.toMatchObject({ code: 'session_ended' });
  const { token, session } = await sessions.open(identity('bob'), CLIENT, STATE);
  time += 2 * HOUR;
  await sessions.endExpired();
  await expect(sessions.byToken(old.token)).rejects.toMatchObject({ code: 'session_unknown' });
  await expect(sessions.byToken(token)).rejects.toMatchObject({ code: 'session_expired' });
  expect(await sessions.find(session.id)).toBe(session);
});

it('ends all sessions of a revoked person at once, and only those', async () => {
  const [one, two, other] = await Promise.all(
    ['ada', 'ada', 'bob'].map(async (name) => sessions.open(identity(name), CLIENT, STATE)),
  );
  const revoked = await sessions.endWhere((session) => session.identity.subject === 'ada', 'revoked');
  expect(revoked).toHaveLength(2);
  for (const { token, masterToken } of [one!, two!]) {
    await expect(sessions.byToken(token)).rejects.toThrow('revoked');
    await expect(sessions.renew(masterToken, admitted)).rejects.toThrow('revoked');
  }
  expect(await sessions.byToken(other!.token)).toBe(other!.session);
  expect(ended).toEqual(['ada', 'ada']);
  expect(await howEnded()).toEqual(['revoked', 'revoked']);
});

it('keeps few tokens of one session, however often it renews', async () => {
  const { masterToken } = await sessions.open(identity('ada'), CLIENT, STATE);
  const grants = [];
  for (let renewal = 0; renewal < 20; renewal += 1) {
    time += 1000;
    grants.push(await sessions.renew(masterToken, admitted));
  }
  const { rows } = await sql`SELECT * FROM session_token`.execute(kept.db);
  expect(rows).toHaveLength(8);
  await sessions.byToken(grants.at(-1)!.token);
});

it('opens so many of an identity, whatever the client says of itself, and counts those of an earlier relay', async () => {
  const two = { identity: { sessions: 2 } };
  sessions = start(undefined, two);
  const { session } = await sessions.open(identity('ada'), CLIENT, STATE);
  await sessions.open(identity('ada'), { ...CLIENT, agent: 'another' }, STATE);
  await expect(
    sessions.open(identity('ada'), { ...CLIENT, application: 'JDBC' }, STATE),
  ).rejects.toMatchObject({
    code: 'too_many_sessions',
  });
  await sessions.open(identity('ben'), CLIENT, STATE);
  const next = start(undefined, two);
  await next.resume();
  await expect(next.open(identity('ada'), CLIENT, STATE)).rejects.toMatchObject({
    code: 'too_many_sessions',
  });
  await next.end(session.id, 'client');
  await next.end(session.id, 'client');
  await next.open(identity('ada'), CLIENT, STATE);
  await expect(next.open(identity('ada'), CLIENT, STATE)).rejects.toMatchObject({
    code: 'too_many_sessions',
  });
});

it('gives the place of a session back that could not be recorded', async () => {
  const failing = start(
    async () => {
      throw new Error('the disk is full');
    },
    { identity: { sessions: 1 } },
  );
  for (let times = 0; times < 3; times += 1) {
    await expect(failing.open(identity('ada'), CLIENT, STATE)).rejects.toThrow('the disk is full');
  }
});

it('asks whether it may before it renews', async () => {
  const { masterToken } = await sessions.open(identity('ada'), CLIENT, STATE);
  const refusal = new Error('not now');
  await expect(sessions.renew(masterToken, async () => Promise.reject(refusal))).rejects.toBe(refusal);
  expect(await kept.db.selectFrom('session_token').selectAll().execute()).toHaveLength(1);
});

describe('a session that is shared by a key', () => {
  const asApi = { ...CLIENT, protocol: 'api' as const };
  const share = (of = sessions, key = 'key') =>
    of.share(key, identity('ada'), asApi, async () => ({ state: STATE }));

  it('is one, at whichever relay it is asked for, also at the same moment', async () => {
    const relays = [sessions, start(), start()];
    const shared = await Promise.all(relays.flatMap((relay) => [share(relay), share(relay)]));
    expect(new Set(shared.map(({ id }) => id)).size).toBe(1);
    expect(opened).toEqual(['ada']);
    expect((await share(sessions, 'other')).id).not.toBe(shared[0]!.id);
  });

  it('is opened anew when it has ended, or is past its time', async () => {
    const first = await share();
    await sessions.end(first.id, 'client');
    const second = await share();
    expect(second.id).not.toBe(first.id);
    time += 5 * HOUR;
    const third = await share();
    expect(third.id).not.toBe(second.id);
    expect(await share()).toBe(third);
  });

  it('is not opened anew where it is for once, also when two ask at the same moment', async () => {
    const once = () =>
      sessions.share('key', identity('ada'), asApi, async () => ({ state: STATE }), { once: true });
    const [first, same] = await Promise.all([once(), once()]);
    expect(same).toBe(first);
    await sessions.end(first.id, 'client');
    await expect(once()).rejects.toMatchObject({ code: 'result_unavailable' });
    expect(opened).toEqual(['ada']);
  });

  it('takes one place at a relay', async () => {
    const few = start(undefined, { identity: { sessions: 1 } });
    const one = await share(few);
    expect(await share(few)).toBe(one);
    await expect(share(few, 'other')).rejects.toMatchObject({ code: 'too_many_sessions' });
    await few.end(one.id, 'client');
    await share(few, 'other');
  });

  it('is tried again after it could not be opened', async () => {
    const broken = sessions.share('key', identity('ada'), asApi, () => Promise.reject(new Error('no role')));
    await expect(broken).rejects.toThrow('no role');
    await share();
    expect(opened).toEqual(['ada']);
  });
});
