import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Approval } from '../../../approval/index.ts';
import { ada, answer, deleteRequest, holdNow, NINE, person } from '../../../approval/testing.ts';
import { BROADCAST_BYTES } from '../../../broadcast.ts';
import { SluiceError } from '../../../errors.ts';
import type { Identity } from '../../../identity/index.ts';
import {
  connectLive,
  hello,
  olga,
  omar,
  startApi,
  subscribed,
} from '../../../../../test/support/start-api.ts';
import { createLooking, type Looking } from './looking.ts';
import { readLooking, writeLooking } from './looking-message.ts';

describe('over the live channel', () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  afterEach(() => api.close());
  const start = async (options: Parameters<typeof startApi>[0] = {}) => {
    api = await startApi({ ...options, limits: { gatherLooksMs: 0, ...options.limits } });
  };

  const looker = async (who: string) => {
    const client = await connectLive(api.url, hello(who));
    expect(await client.until(({ type }) => type === 'welcome')).toMatchObject({ lookSeconds: 60 });
    return { ...client, look: (approval: string | null) => client.send({ type: 'look', approval }) };
  };
  const watching = (who: string) => subscribed(api.url, who, 'looking');
  const told = ({ messages }: Awaited<ReturnType<typeof watching>>) =>
    messages.flatMap((message) =>
      message.type === 'looking'
        ? [`${message.looking.approval}: ${message.looking.people.map(({ name }) => name).join()}`]
        : [],
    );

  it('tells who else looks at a request, until they look at another one or are gone', async () => {
    await start();
    const [one, other] = [await holdNow(api, deleteRequest()), await holdNow(api, deleteRequest())];
    const [omars, olgas, adas] = [await watching('omar'), await watching('olga'), await watching('ada')];
    const client = await looker('olga');
    client.look(one.id);
    await expect.poll(() => told(omars)).toEqual([`${one.id}: olga`]);
    // Of the same account from another place: they are the same person.
    const second = await looker('olga/renewed');
    second.look(one.id);
    client.look(other.id);
    await expect.poll(() => told(omars)).toContain(`${other.id}: olga`);
    second.socket.close();
    await expect.poll(() => told(omars).at(-1)).toBe(`${one.id}: `);
    // Who comes later is told how it is.
    expect(told(await watching('omar').then(settled))).toEqual([`${other.id}: olga`]);
    client.look(null);
    await expect.poll(() => told(omars).at(-1)).toBe(`${other.id}: `);
    // Who asked sees it, too; nobody is told of themselves.
    expect(new Set(told(adas))).toEqual(new Set(told(omars)));
    expect(told(olgas)).toEqual([]);
  });

  it('counts nobody but who may decide with others, by the token that they have', async () => {
    await start();
    const { id } = await holdNow(api, deleteRequest());
    const [omars, adas] = [await watching('omar'), await watching('ada')];
    const decided = await holdNow(api, deleteRequest());
    await api.approvals.decide(omar, decided.id, answer(decided.approval));
    const looks = [
      ['sam', id],
      ['ada', id],
      ['olga/agent', id],
      ['olga', randomUUID()],
      ['olga', decided.id],
    ] as const;
    for (const [who, approval] of looks)
      await looker(who).then((client) => (client.look(approval), settled(client)));
    const olgas = await looker('olga');
    olgas.look(id);
    await expect.poll(() => told(omars)).toEqual([`${id}: olga`]);
    await settled(adas);
    expect(told(adas)).toEqual([`${id}: olga`]);
  });

  it('tells nobody who may not see the request, and no agent', async () => {
    await start();
    const { id } = await holdNow(api, deleteRequest());
    const others = [await watching('sam'), await watching('kim')];
    const [agents, adas] = [await watching('omar/agent'), await watching('ada')];
    expect(agents.messages.at(-1)).toMatchObject({ type: 'ended', code: 'token_cannot_decide' });
    (await looker('olga')).look(id);
    await expect.poll(() => told(adas)).toEqual([`${id}: olga`]);
    for (const other of others) expect(told(await settled(other))).toEqual([]);
  });

  it('takes nobody’s word for who they are', async () => {
    await start();
    const { id } = await holdNow(api, deleteRequest());
    const client = await looker('olga');
    client.send({ type: 'look', approval: id, person: 'omar' });
    expect(await client.closed).toBe(4400);
  });

  it('counts each look as a request', async () => {
    let left = 3;
    await start({
      count() {
        left -= 1;
        if (left < 0) throw new SluiceError('rate_limited', 'too many requests a second');
      },
    });
    const client = await looker('olga');
    for (let i = 0; i < 4; i += 1) client.look(randomUUID());
    expect(await client.closed).toBe(4429);
  });

  it('forgets a person who is put out, and tells them nothing more', async () => {
    await start();
    const { id } = await holdNow(api, deleteRequest());
    const [omars, adas] = [await watching('omar'), await watching('ada')];
    const olgas = await looker('olga');
    olgas.look(id);
    await expect.poll(() => told(omars)).toEqual([`${id}: olga`]);
    // However long her program takes over the end of its connection.
    olgas.socket.pause();
    api.live.revoked(({ subject }) => subject === 'olga');
    await expect.poll(() => told(adas).at(-1)).toBe(`${id}: `);
    olgas.socket.resume();
  });
});

describe('at several relays', () => {
  const HOLDS = 60_000;

  /** Relays that hear each other, and one request that olga and omar may decide. */
  function world() {
    const clock = { now: NINE };
    const heard = new Set<(text: string) => void>();
    const said: string[] = [];
    const approval = {
      id: randomUUID(),
      state: { phase: 'asked' },
      request: { session: { identity: ada } },
    } as unknown as Approval;
    const relay = (self: string) => {
      const looking = createLooking({
        approvals: {
          find: async (id) => (id === approval.id ? approval : null),
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
        onError(error) {
          throw error;
        },
      });
      onTestFinished(looking.close);
      return looking;
    };
    return {
      clock,
      said,
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
    for (const text of [
      '',
      '{}',
      'null',
      JSON.stringify({ looking: 2, relay: 'there', approval: id, people }),
    ])
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
});

/** Whatever was on its way to it has come. */
async function settled<
  Client extends { send(message: unknown): void; messages: readonly { type: string }[] },
>(client: Client): Promise<Client> {
  const before = client.messages.filter(({ type }) => type === 'pong').length;
  client.send({ type: 'ping' });
  await expect.poll(() => client.messages.filter(({ type }) => type === 'pong').length).toBe(before + 1);
  return client;
}
