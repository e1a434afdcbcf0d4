import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { answer, deleteRequest, holdNow } from '../../../approval/testing.ts';
import { SluiceError } from '../../../errors.ts';
import { connectLive, hello, omar, startApi, subscribed } from '../../../../../test/support/start-api.ts';

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

/** Whatever was on its way to it has come. */
async function settled<
  Client extends { send(message: unknown): void; messages: readonly { type: string }[] },
>(client: Client): Promise<Client> {
  const before = client.messages.filter(({ type }) => type === 'pong').length;
  client.send({ type: 'ping' });
  await expect.poll(() => client.messages.filter(({ type }) => type === 'pong').length).toBe(before + 1);
  return client;
}
