import { EventEmitter } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import type { LiveWebSocket } from '@sluice/contract';
import { DEMO_POLICY, demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { relayConfig } from '@sluice/relay/config';
import { type Relay as RelayService, startRelay } from '@sluice/relay';
import type { Act, Relay, RelayEvent } from '../../../desktop-approver/src/relays/relay.ts';
import { createRelays, type Relays } from '../../../desktop-approver/src/relays/relays.ts';
import type { RelaysOptions } from '../../../desktop-approver/src/relays/relays-options.ts';
import { openSecrets } from '../../../desktop-approver/src/secrets/secrets.ts';
import { type TestSystem, testSystem } from '../../../desktop-approver/src/secrets/testing.ts';
import { type ApiClient, apiClient } from '../../support/api.ts';
import { freePort } from '../../support/free-port.ts';
import { scriptedBrowser, type ScriptedBrowser } from '../../support/scripted-browser.ts';

/** A relay of a team, with people who ask and people who decide; it can be stopped and started again. */
export interface Office {
  readonly url: string;
  readonly issuer: LocalIssuer;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What somebody's agent may do. */
  agent(subject: string): Promise<ApiClient>;
  /** What somebody may do elsewhere than in the app. */
  person(subject: string): Promise<ApiClient>;
  /** Somebody asks for what others have to agree to. @returns its id. */
  ask(sql?: string): Promise<string>;
  close(): Promise<void>;
}

export interface OfficeOptions {
  readonly folder: string;
  /** Of the demo's policy, what is to stand elsewhere. */
  readonly policy?: (policy: string) => string;
  readonly tokenSeconds?: number;
  readonly trustFirstDevice?: boolean;
}

let asked = 0;

export async function openOffice(options: OfficeOptions): Promise<Office> {
  const { folder, tokenSeconds = 3_600, trustFirstDevice = true } = options;
  await mkdir(folder, { recursive: true });
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0, tokenSeconds });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, (options.policy ?? ((text) => text))(readFileSync(DEMO_POLICY, 'utf8')));
  let relay: RelayService | null = null;
  const office: Office = {
    url,
    issuer,
    async start() {
      const config = relayConfig.parse({
        listen: { port },
        data: join(folder, 'data'),
        policy,
        identity: { issuers: [issuer.trusted] },
        warehouse: { type: 'embedded', customers: 50 },
        groups: { security: ['security'], auditors: ['security'], recordKeepers: ['security'] },
        approvals: { trustFirstDevice },
      });
      relay = await startRelay(config, { logger: pino({ level: 'silent' }) });
    },
    async stop() {
      await relay?.close();
      relay = null;
    },
    agent: async (subject) => apiClient(url, await issuer.tokenFor(subject)),
    person: async (subject) => apiClient(url, await issuer.decidingTokenFor(subject)),
    async ask(sql = `UPDATE ORDERS SET STATUS = 'asked' WHERE ID = ${(asked += 1)}`) {
      const ada = await office.agent('ada');
      const { id } = await ada.post<{ id: string }>('/api/statements', {
        sql,
        requestId: crypto.randomUUID(),
      });
      for (;;) {
        const found = (await ada.pending()).find(({ statement }) => statement === id);
        if (found !== undefined) return found.id;
      }
    },
    async close() {
      await office.stop();
      await issuer.close();
    },
  };
  await office.start();
  return office;
}

/** The desktop app of one person, but for its windows. */
export interface Desktop {
  readonly relays: Relays;
  readonly browser: ScriptedBrowser;
  readonly system: TestSystem;
  /** Who signs in, and what they say when they are asked outside of any page. */
  readonly person: { who: string | null; says: boolean };
  readonly asked: readonly Act[];
  readonly events: readonly RelayEvent[];
  /** The computer wakes up. */
  wake(): void;
  network: { isOnline: boolean };
}

export interface DesktopOptions {
  readonly folder: string;
  readonly who?: string;
  readonly system?: TestSystem;
  readonly fetch?: typeof fetch;
  readonly webSocket?: (url: string) => LiveWebSocket;
}

export async function openDesktop({
  folder,
  who = 'alan',
  system = testSystem(),
  ...options
}: DesktopOptions): Promise<Desktop> {
  const person: Desktop['person'] = { who, says: true };
  const browser = scriptedBrowser(() => person.who);
  const powerMonitor = new EventEmitter();
  const asked: Act[] = [];
  const events: RelayEvent[] = [];
  const network = { isOnline: true };
  const relays = await createRelays({
    folder,
    secrets: await openSecrets({ folder: join(folder, 'secrets'), system, platform: 'linux' }),
    deviceName: 'laptop',
    openExternal: browser.openExternal,
    powerMonitor: powerMonitor as unknown as RelaysOptions['powerMonitor'],
    isOnline: () => network.isOnline,
    confirm: async (act) => {
      asked.push(act);
      return person.says;
    },
    ...options,
  });
  relays.onEvent((_, event) => void events.push(event));
  return {
    relays,
    browser,
    system,
    person,
    asked,
    events,
    wake: () => void powerMonitor.emit('resume'),
    network,
  };
}

/** As a page of the app asks. */
export function pageRequest(relay: Relay, path: string, init: RequestInit = {}): Request {
  return new Request(`http://${relay.id}.invalid${path}`, init);
}

/** What the app sends, before it is sent. */
export interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | null;
  /** Sends it, by other headers if there are. */
  readonly pass: (headers?: Headers) => Promise<Response>;
}

/** A `fetch` that the test has a hand in. */
export function fetchBy(see: (sent: Sent) => Promise<Response>): typeof fetch {
  return async (address, init = {}) => {
    const headers = new Headers(init.headers);
    return await see({
      method: init.method ?? 'GET',
      url: new URL(address instanceof Request ? address.url : address),
      headers,
      body: typeof init.body === 'string' ? init.body : null,
      pass: async (other = headers) => await fetch(address, { ...init, headers: other }),
    });
  };
}
