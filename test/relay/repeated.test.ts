import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { apiClient } from '../support/api.ts';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { signIn } from '../support/wire.ts';

const data = temporaryFolder();
const insert = 'INSERT INTO SCRATCH.NOTES VALUES (1)';
const hasRun = 'the statement has run, and its result is no longer kept';
let issuer: LocalIssuer;
let place: RelayPlace;
let relay: Relay;
/** How often the statement reached the warehouse. */
let ran: number;
/** Milliseconds that the relay's clock is off. */
let off: number;

beforeEach(async () => {
  [ran, off] = [0, 0];
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  place = await relayPlace(data, issuer);
  relay = await start();
});
afterEach(async () => {
  await relay.close();
  await issuer.close();
});

describe.each([
  ['over the driver protocol', overTheDriverProtocol],
  ['over the HTTP API', overTheApi],
])('a request id that is sent again %s', (_, client) => {
  it('is the same statement, and runs once', async () => {
    const { send, prepare } = await client();
    await prepare();
    const requestId = randomUUID();
    const [first, ...others] = await Promise.all([1, 2, 3, 4, 5].map(async () => send(insert, requestId)));
    expect(first?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(others.map(({ id }) => id))).toEqual(new Set([first?.id]));
    expect((await send(insert, requestId)).id).toBe(first?.id);
    expect(ran).toBe(1);
  });

  it('with another text is refused', async () => {
    const { send } = await client();
    const requestId = randomUUID();
    await send('SELECT 1', requestId);
    expect((await send(insert, requestId)).error).toContain('used for another statement');
    expect(ran).toBe(0);
  });

  it.each([
    ['', 0],
    [' whose clock is behind', -20_000],
  ])('is not run again by the next relay%s', async (__, clock) => {
    const { send, prepare } = await client();
    await prepare();
    const requestId = randomUUID();
    await send(insert, requestId);
    await relay.close();
    off = clock;
    relay = await start();
    expect((await send(insert, requestId)).error).toContain(hasRun);
    expect(ran).toBe(1);
    await prepare();
    expect((await send(insert, randomUUID())).error).toBeNull();
    expect(ran).toBe(2);
  });
});

async function start(): Promise<Relay> {
  const watch = ({ sql }: { readonly sql: string }) => {
    if (sql === insert) ran += 1;
  };
  return await place.start(watch, { now: () => Date.now() + off });
}

/** A statement's id, or why there is no such. */
interface Sent {
  readonly id: string | null;
  readonly error: string | null;
}

async function overTheDriverProtocol() {
  const wire = await signIn(place.url, await issuer.tokenFor('ada'));
  const send = async (sql: string, requestId: string): Promise<Sent> => {
    const { success, message, data: answer } = await wire.query(sql, requestId);
    return { id: String(answer?.['queryId']), error: success ? null : message };
  };
  return {
    send,
    prepare: async () => void (await send('CREATE TABLE SCRATCH.NOTES (N NUMBER)', randomUUID())),
  };
}

async function overTheApi() {
  const api = apiClient(place.url, await issuer.tokenFor('ada'));
  const send = async (sql: string, requestId: string): Promise<Sent> => {
    const asked = { sql, requestId, wait: 10 };
    try {
      const view = await api.post<{ id: string; error?: { message: string } }>('/api/statements', asked);
      return { id: view.id, error: view.error?.message ?? null };
    } catch (error) {
      return { id: null, error: String(error) };
    }
  };
  return {
    send,
    prepare: async () => void (await send('CREATE TABLE SCRATCH.NOTES (N NUMBER)', randomUUID())),
  };
}
