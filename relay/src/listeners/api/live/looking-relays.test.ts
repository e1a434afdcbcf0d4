import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import type { Approval } from '../../../approval/index.ts';
import { ada, NINE, person } from '../../../approval/testing.ts';
import { BROADCAST_BYTES } from '../../../broadcast.ts';
import type { Identity } from '../../../identity/index.ts';
import { olga, omar } from '../../../../../test/support/start-api.ts';
import { createLooking, type Looking } from './looking.ts';
import { readLooking, writeLooking } from './looking-message.ts';

const HOLDS = 60_000;

/** Relays that hear each other, and one request that olga and omar may decide. */
function world() {
  const clock = { now: NINE };
  const heard = new Set<(text: string) => void>();
  const said: string[] = [];
  const errors: unknown[] = [];
  const store = { isDown: false, answers: Promise.resolve() };
  const approval = {
    id: randomUUID(),
    state: { phase: 'asked' },
    request: { session: { identity: ada } },
  } as unknown as Approval;
  const relay = (self: string) => {
    const looking = createLooking({
      approvals: {
        async find(id) {
          if (store.isDown) throw new Error('the database does not answer');
          await store.answers;
          return id === approval.id ? approval : null;
        },
        maySee: (viewer) => viewer.groups.includes('owners'),
      },
      broadcast: {
        async say(text) {
          said.push(text);
          for (const hear of heard) hear(text);
        },
        follow(listener) {
          heard.add(listener);
          return () => heard.delete(listener);
        },
      },
      self,
      settle: async () => {},
      lookMs: HOLDS,
      gatherMs: 0,
      now: () => clock.now,
      onError: (error) => void errors.push(error),
    });
    onTestFinished(looking.close);
    return looking;
  };
  return {
    clock,
    heard,
    said,
    errors,
    store,
    relay,
    id: approval.id,
    hear: (text: string) => heard.forEach((hear) => hear(text)),
  };
}
const names = (looking: Looking) => looking.all().flatMap(({ people }) => people.map(({ name }) => name));

it('is known at each', async () => {
  const { relay, id } = world();
  const [here, there] = [relay('here'), relay('there')];
  const olgas = here.enter(() => olga);
  await olgas.look(id);
  await there.enter(() => omar).look(id);
  await expect
    .poll(() => [names(here), names(there)].map((all) => all.toSorted()))
    .toEqual([
      ['olga', 'omar'],
      ['olga', 'omar'],
    ]);
  olgas.leave();
  await expect.poll(() => [names(here), names(there)]).toEqual([['omar'], ['omar']]);
});

it('is over by itself when it is not said again, here and there', async () => {
  const { relay, id, clock } = world();
  const [here, there] = [relay('here'), relay('there')];
  const looker = here.enter(() => olga);
  await looker.look(id);
  await expect.poll(() => names(there)).toEqual(['olga']);
  clock.now += HOLDS - 1;
  await looker.look(id);
  for (const one of [here, there]) one.beat();
  clock.now += HOLDS - 1;
  for (const one of [here, there]) one.beat();
  expect([names(here), names(there)]).toEqual([['olga'], ['olga']]);
  // A relay that falls silent.
  clock.now += HOLDS;
  there.beat();
  await expect.poll(() => names(there)).toEqual([]);
  here.beat();
  await expect.poll(() => names(here)).toEqual([]);
});

it('goes by the newest token', async () => {
  const { relay, id } = world();
  const here = relay('here');
  let who: Identity = olga;
  const looker = here.enter(() => who);
  await looker.look(id);
  await expect.poll(() => names(here)).toEqual(['olga']);
  who = person('olga', ['analysts']);
  looker.recheck();
  await expect.poll(() => names(here)).toEqual([]);
});

it('overlooks what is not understood, and what a relay hears of itself', async () => {
  const { relay, id, hear } = world();
  const here = relay('here');
  const { issuer, subject, id: identity, name } = olga;
  const people = [{ issuer, subject, id: identity, name }];
  for (const text of ['', '{}', 'null', JSON.stringify({ looking: 2, relay: 'there', approval: id, people })])
    hear(text);
  hear(writeLooking({ relay: 'here', approval: id, people }));
  hear(writeLooking({ relay: 'there', approval: id, people }));
  hear(writeLooking({ relay: 'there', approval: id, people: [] }));
  await expect.poll(() => names(here)).toEqual([]);
  hear(writeLooking({ relay: 'there', approval: id, people }));
  await expect.poll(() => names(here)).toEqual(['olga']);
});

it('is said in as few bytes as one message may have', () => {
  const people = Array.from({ length: 200 }, (_, number) => ({
    issuer: 'https://id.example',
    subject: `${number}`,
    id: `https://id.example|${number}`,
    name: 'ö'.repeat(200),
  }));
  const text = writeLooking({ relay: 'here', approval: randomUUID(), people });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(BROADCAST_BYTES);
  expect(readLooking(text)?.people.length).toBeGreaterThan(10);
});

const { issuer, subject, id: identity, name } = olga;
const olgaThere = [{ issuer, subject, id: identity, name }];

it('counts what a connection has said last, however late the answer to what it said before', async () => {
  const { relay, id, store } = world();
  const here = relay('here');
  const { promise, resolve } = Promise.withResolvers<undefined>();
  store.answers = promise;
  const [one, other] = [here.enter(() => olga), here.enter(() => omar)];
  const late = [one.look(id), other.look(id)];
  await one.look(null);
  other.leave();
  resolve(undefined);
  await Promise.all(late);
  await expect.poll(() => here.all()).toEqual([]);
  await one.look(id);
  await expect.poll(() => names(here)).toEqual(['olga']);
});

it('is told of at a later beat when it could not be read', async () => {
  const { relay, id, store, errors } = world();
  const here = relay('here');
  await here.enter(() => olga).look(id);
  store.isDown = true;
  await expect.poll(() => errors).toEqual([new Error('the database does not answer')]);
  expect(here.all()).toEqual([]);
  store.isDown = false;
  here.beat();
  await expect.poll(() => names(here)).toEqual(['olga']);
  expect(errors).toHaveLength(1);
});

it('is told of once, as long as nothing changes, and to nobody who has stopped to follow', async () => {
  const { relay, id, hear, said } = world();
  const here = relay('here');
  const [told, toldToo]: [string[], string[]] = [[], []];
  here.follow(({ people }) => told.push(people.map((who) => who.name).join()));
  const stop = here.follow(({ people }) => toldToo.push(people.map((who) => who.name).join()));
  const looker = here.enter(() => omar);
  await looker.look(id);
  await expect.poll(() => told).toEqual(['omar']);
  stop();
  expect(said).toHaveLength(1);
  await looker.look(id);
  hear(writeLooking({ relay: 'there', approval: id, people: [] }));
  for (let times = 0; times < 3; times += 1)
    hear(writeLooking({ relay: 'there', approval: id, people: olgaThere }));
  await expect.poll(() => told).toEqual(['omar', 'omar,olga']);
  looker.leave();
  await expect.poll(() => told).toEqual(['omar', 'omar,olga', 'olga']);
  expect([toldToo, said.length]).toEqual([['omar'], 2]);
});

it('is nobody’s any more once nobody looks', async () => {
  const { relay, id } = world();
  const here = relay('here');
  const looker = here.enter(() => olga);
  await looker.look(id);
  await expect.poll(() => here.all()).toHaveLength(1);
  looker.leave();
  await expect.poll(() => here.all()).toEqual([]);
});

const madeUp = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** What another relay says, and that it was taken in: something that is said here after it has been told of. */
function listening() {
  const { relay, id, hear, clock } = world();
  const here = relay('here');
  const settled = async () => {
    const looker = here.enter(() => omar);
    await looker.look(id);
    await expect.poll(() => names(here)).toContain('omar');
    looker.leave();
    await expect.poll(() => names(here)).not.toContain('omar');
  };
  const after = async (from: string, approval: string = id, people = olgaThere) => {
    hear(writeLooking({ relay: from, approval, people }));
    here.beat();
    await settled();
    return names(here);
  };
  return { hear, clock, after };
}

it('is kept of no more requests at another relay than there are', async () => {
  const { hear, clock, after } = listening();
  for (let number = 0; number < 10_000; number += 1)
    hear(writeLooking({ relay: 'flood', approval: madeUp(number), people: olgaThere }));
  expect(await after('flood')).toEqual([]);
  hear(writeLooking({ relay: 'flood', approval: madeUp(0), people: [] }));
  expect(await after('flood')).toEqual(['olga']);
  clock.now += HOLDS;
  expect(await after('flood', madeUp(0))).toEqual([]);
});

it('is kept of no more relays than there are, until one is silent', async () => {
  const { hear, clock, after } = listening();
  for (let number = 0; number < 99; number += 1)
    hear(writeLooking({ relay: `relay-${number}`, approval: madeUp(0), people: olgaThere }));
  expect(await after('the-last', madeUp(0))).toEqual([]);
  expect(await after('one-too-many')).toEqual([]);
  // Those that are known go on.
  expect(await after('the-last')).toEqual(['olga']);
  clock.now += HOLDS;
  expect(await after('the-last', madeUp(0))).toEqual([]);
  expect(await after('one-too-many')).toEqual(['olga']);
});

it('is over with the relay: it hears, says and tells nothing more', async () => {
  const { relay, id, heard, said } = world();
  const [here, there] = [relay('here'), relay('there')];
  const told: string[] = [];
  here.follow(({ people }) => told.push(people.map((who) => who.name).join()));
  const looker = here.enter(() => olga);
  await looker.look(id);
  here.close();
  looker.leave();
  expect(heard.size).toBe(1);
  await there.enter(() => omar).look(id);
  await expect.poll(() => names(there)).toEqual(['omar']);
  expect([told, said.length]).toEqual([[], 1]);
});
