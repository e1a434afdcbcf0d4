import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Relay, RelayEvent } from '../../desktop-approver/src/relays/relay.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  type Desktop,
  type DesktopOptions,
  fetchBy,
  type Office,
  type OfficeOptions,
  openDesktop,
  openOffice,
} from './support/office.ts';

const root = temporaryFolder();
const open: Desktop[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ relays }) => relays.close()));
});

async function newOffice(options: Partial<OfficeOptions> = {}): Promise<Office> {
  const office = await openOffice({ folder: join(root, randomUUID()), ...options });
  onTestFinished(() => office.close());
  return office;
}

async function desktop(options: Partial<DesktopOptions> = {}): Promise<Desktop> {
  const app = await openDesktop({ folder: join(root, randomUUID()), ...options });
  open.push(app);
  return app;
}

async function signedIn(office: Office, options: Partial<DesktopOptions> = {}) {
  const app = await desktop(options);
  const relay = await app.relays.add(office.url);
  await relay.signIn();
  await connected(relay);
  return { ...app, relay };
}

const becomes = async (relay: Relay, type: string) => {
  await expect.poll(() => relay.state().connection.type).toBe(type);
};
const connected = async (relay: Relay) => await becomes(relay, 'connected');
const waiting = (relay: Relay) => relay.state().pending.map(({ id }) => id);
const missed = (events: readonly RelayEvent[]) =>
  events.flatMap((event) =>
    event.type === 'missed'
      ? [{ came: event.came.map(({ id }) => id), went: event.went.map(({ id }) => id) }]
      : [],
  );
const askedOf = (events: readonly RelayEvent[]) =>
  events.flatMap((event) => (event.type === 'asked' ? [event.approval.id] : []));

async function deny(office: Office, id: string): Promise<void> {
  const grace = await office.person('grace');
  const request = (await grace.pending()).find((one) => one.id === id)!;
  await grace.decide(request, 'deny', 'no');
}

describe('what happened while the app was not there', () => {
  it('is told when it is started again: what came, what went, and what waits', async () => {
    const office = await newOffice();
    const folder = join(root, randomUUID());
    const first = await signedIn(office, { folder });
    const before = await office.ask();
    await expect.poll(() => waiting(first.relay)).toEqual([before]);
    await first.relays.close();

    const came = await office.ask();
    await deny(office, came);
    await deny(office, before);
    const now = await office.ask();

    const again = await desktop({ folder, system: first.system });
    const [relay] = again.relays.list();
    await expect.poll(() => waiting(relay!)).toEqual([now]);
    expect(missed(again.events)).toEqual([{ came: [came], went: [before] }]);
    expect(askedOf(again.events)).toEqual([now]);

    // It is told once.
    await again.relays.close();
    const third = await desktop({ folder, system: first.system });
    await expect.poll(() => waiting(third.relays.list()[0]!)).toEqual([now]);
    expect(third.events).toEqual([]);
  });

  it('is nothing for somebody who has never been there', async () => {
    const office = await newOffice();
    await deny(office, await office.ask());
    const now = await office.ask();
    const { relay, events } = await signedIn(office);
    await expect.poll(() => waiting(relay)).toEqual([now]);
    expect(events).toEqual([{ type: 'asked', approval: expect.objectContaining({ id: now }) }]);
  });

  it('is told when the computer wakes up, though the connection looked open all the time', async () => {
    const office = await newOffice();
    /** Of a connection that slept, nothing comes any more, nor that it is gone. */
    let sleeps = false;
    let sockets = 0;
    const webSocket = (url: string) => {
      sockets += 1;
      const mine = sockets;
      const socket = new WebSocket(url);
      const isDead = () => sleeps && mine === 1;
      return {
        send: (text: string) => void (isDead() || socket.send(text)),
        close: (code?: number) => socket.close(code),
        addEventListener(type: string, listener: (event: never) => void) {
          socket.addEventListener(type, (event) => void (isDead() || listener(event as never)));
        },
      };
    };
    const app = await openDesktop({ folder: join(root, randomUUID()), webSocket });
    open.push(app);
    const relay = await app.relays.add(office.url);
    await relay.signIn();
    await connected(relay);
    const before = await office.ask();
    await expect.poll(() => waiting(relay)).toEqual([before]);
    sleeps = true;
    await deny(office, before);
    const came = await office.ask();
    await deny(office, came);
    expect([waiting(relay), relay.state().connection]).toEqual([[before], { type: 'connected' }]);
    app.wake();
    await expect.poll(() => missed(app.events)).toEqual([{ came: [came], went: [before] }]);
    expect([waiting(relay), sockets]).toEqual([[], 2]);
  });
});

describe('a relay that is away', () => {
  it('is said to be, with what was known, and comes back by itself', async () => {
    const office = await newOffice();
    const { relay, events } = await signedIn(office);
    const id = await office.ask();
    await expect.poll(() => waiting(relay)).toEqual([id]);
    await office.stop();
    await becomes(relay, 'offline');
    expect(relay.state()).toMatchObject({
      connection: { error: { code: 'relay_unreachable', advice: expect.stringMatching(/./) } },
      pending: [{ id }],
      person: { name: expect.any(String) },
    });
    await office.start();
    await connected(relay);
    const next = await office.ask();
    await expect.poll(() => askedOf(events)).toEqual([id, next]);
    const asked = (await (await office.person('alan')).pending()).filter(({ phase }) => phase === 'asked');
    await expect.poll(() => waiting(relay).toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
  });

  it('is not blamed when this computer has no network, and is tried as soon as it has', async () => {
    const office = await newOffice();
    const { relay, network } = await signedIn(office);
    network.isOnline = false;
    await office.stop();
    await expect.poll(() => relay.state().connection).toMatchObject({ error: { code: 'no_network' } });
    await office.start();
    network.isOnline = true;
    await connected(relay);
  });

  it('holds up none of the others', async () => {
    const [one, other] = [await newOffice(), await newOffice()];
    const { relays, relay, events } = await signedIn(one);
    const second = await relays.add(other.url);
    await second.signIn();
    await connected(second);
    await one.stop();
    const id = await other.ask();
    await expect.poll(() => waiting(second)).toEqual([id]);
    await becomes(relay, 'offline');
    expect([askedOf(events), second.state().connection.type]).toEqual([[id], 'connected']);
  });
});

describe('a token that ends', () => {
  it('is renewed in place while the live channel is open', async () => {
    const office = await newOffice({ tokenSeconds: 12 });
    let renewals = 0;
    const { relay, events } = await signedIn(office, {
      fetch: fetchBy(async ({ method, url, pass }) => {
        renewals += Number(url.pathname === '/token' && method === 'POST');
        return await pass();
      }),
    });
    const states = new Set<string>();
    relay.onChange(() => states.add(relay.state().connection.type));
    // Past the end of the first one, by what the relay says of the second.
    await expect.poll(() => renewals, { timeout: 120_000 }).toBeGreaterThanOrEqual(3);
    const id = await office.ask();
    await expect.poll(() => waiting(relay)).toEqual([id]);
    expect([...states]).toEqual(['connected']);
    expect(events).toEqual([{ type: 'asked', approval: expect.objectContaining({ id }) }]);
  });

  it('and is not renewed any more signs the person out, and says why', async () => {
    const office = await newOffice({ tokenSeconds: 12 });
    const folder = join(root, randomUUID());
    const { relay, events, system } = await signedIn(office, { folder });
    const kept = readFileSync(join(folder, 'secrets', `${relay.id}.sign-in.secret`));
    const { refreshToken } = JSON.parse((await system.decryptStringAsync(kept)).result) as {
      refreshToken: string;
    };
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'sluice',
      refresh_token: refreshToken,
    });
    expect((await fetch(`${office.issuer.issuer}/token`, { method: 'POST', body })).status).toBe(200);
    await becomes(relay, 'signed_out');
    expect(relay.state()).toMatchObject({
      connection: { because: { code: 'sign_in_over' } },
      person: null,
      pending: [],
    });
    expect(events).toEqual([
      { type: 'signed_out', because: expect.objectContaining({ code: 'sign_in_over' }) },
    ]);
  });
});
