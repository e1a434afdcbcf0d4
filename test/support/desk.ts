import { generateKeyPairSync, sign } from 'node:crypto';
import { createRelayClient, enrolmentBytes, type LiveClient, type RelayClient } from '@sluice/contract';
import type { RelayId, RelayState } from '../../desktop-approver/src/relays/relay.ts';
import type { WatchedRelay } from '../../desktop-approver/src/witness/place.ts';
import type { Standing } from '../../desktop-approver/src/witness/standing.ts';
import { createWitness } from '../../desktop-approver/src/witness/witness.ts';

/** A person's device, with its key in memory. */
export function newDesk() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const device = { spki, sign: async (bytes: Uint8Array) => sign(null, bytes, privateKey) };
  return {
    device,
    /** At a relay that trusts a person's first device. */
    async enrol(client: RelayClient, now = Date.now()) {
      const { identity } = await client.people.self();
      const at = new Date(now).toISOString();
      const bytes = enrolmentBytes({ identity: identity.id, key: spki, at });
      const proof = Buffer.from(await device.sign(bytes)).toString('base64');
      await client.devices.enrol({ body: { key: spki, name: 'desk', at, proof, vouchedBy: null } });
    },
  };
}

/** What the witness needs of a relay, at this address. */
export function watched(url: () => string, token: string): WatchedRelay & { readonly client: RelayClient } {
  const live = { subscribe: () => ({ end() {} }) } as unknown as LiveClient;
  return {
    id: 'r1' as RelayId,
    live,
    get client() {
      return createRelayClient({ url: url(), token, retries: 0 });
    },
    onChange: () => () => {},
    state: () => ({ connection: { type: 'connected' } }) as RelayState,
  };
}

/** A witness that looks when it is told to. */
export function openWitness({
  folder,
  relay,
  device,
  clock = { now: Date.now() },
}: {
  readonly folder: string;
  readonly relay: WatchedRelay;
  readonly device: ReturnType<typeof newDesk>['device'] | null;
  readonly clock?: { now: number };
}) {
  const told: Standing[] = [];
  const witness = createWitness({
    folder,
    device: async () => device,
    onChange: (_, standing) => told.push(standing),
    now: () => clock.now,
    after: () => () => {},
  });
  witness.watch(relay);
  return { ...witness, told, now: () => witness.look(relay.id), relay: relay.id };
}
