import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AppParts } from './app.ts';
import { confirmAct } from './confirm.ts';
import type { ElectronModules } from './electron.ts';
import { openKnownLogs } from './known-logs.ts';
import type { RelayBook } from './ports.ts';
import type { Relay, RelayId } from './relays/relay.ts';
import { createRelays, type Relays } from './relays/relays.ts';
import { createReplays } from './replays/replays.ts';
import type { Rooms } from './run.ts';
import { openSecrets } from './secrets/secrets.ts';
import { createWitness, type Witness } from './witness/witness.ts';

export interface RoomsOptions extends Pick<AppParts, 'platform' | 'now' | 'after'> {
  readonly electron: ElectronModules;
  /** `replays/library-thread.ts`, or what it was built to. */
  readonly libraryThread: string | URL;
}

/** Opens what the shell is around: the relays, with whoever has signed in, the witness that watches each, and what was downloaded. */
export async function openRooms({
  electron,
  platform,
  libraryThread,
  now,
  after,
}: RoomsOptions): Promise<Rooms> {
  const { app, net, powerMonitor, safeStorage, shell } = electron;
  const folder = app.getPath('userData');
  const clock = () => now().getTime();
  const secrets = await openSecrets({ folder: join(folder, 'secrets'), system: safeStorage, platform });
  let open: Relays | null = null;
  const relays = await createRelays({
    folder,
    secrets,
    deviceName: hostname(),
    openExternal: shell.openExternal,
    powerMonitor,
    isOnline: net.isOnline,
    // By the system's proxy and certificates.
    fetch: (input, init) => net.fetch(input instanceof URL ? input.href : input, init),
    confirm: (act) => confirmAct(electron, { get: (id) => open?.get(id) ?? null }, act),
    now: clock,
    after,
  });
  open = relays;
  let compareAgain: () => Promise<void> = async () => {};
  const witness = createWitness({
    folder: join(folder, 'witness'),
    async device(id) {
      const own = relays.get(id)?.deviceKey() ?? null;
      return own && { spki: own.key, sign: (bytes) => own.sign(new Uint8Array(bytes)) };
    },
    onChange(id, standing) {
      relays.setStanding(id, standing);
      // It has just shown its record: what came while it was away can be compared.
      if (standing.type === 'good' && standing.trouble === null) void compareAgain();
    },
    now: clock,
    after,
  });
  const known = await openKnownLogs(join(folder, 'logs.json'), witness);
  const replays = createReplays({
    program: libraryThread,
    path: join(folder, 'replays.db'),
    known,
    now: clock,
  });
  compareAgain = replays.compareAgain;
  const watching = watchAll(relays, witness);
  return {
    relays: {
      ...relays,
      async close() {
        watching.end();
        await witness.close();
        await relays.close();
      },
    } satisfies RelayBook,
    downloads: {
      ...replays,
      async download(relay, session) {
        const { log, witnesses } = await relay.client.checkpoints.keys();
        await known.noteWitnesses(log, witnesses);
        // Its key has to be known from before, or else from what the witness is shown first.
        if ((await witness.keysOf(log)).length === 0) {
          await relay.client.checkpoints.take();
          await witness.look(relay.id);
        }
        await replays.download(relay, session);
      },
    },
    witness,
  };
}

/** Each relay of the list is watched, those that come later, too. */
function watchAll(relays: Relays, witness: Witness): { end(): void } {
  const watched = new Map<RelayId, () => void>();
  const follow = () => {
    const listed = new Map(relays.list().map((relay: Relay) => [relay.id, relay]));
    for (const [id, end] of watched) {
      if (listed.has(id)) continue;
      end();
      watched.delete(id);
    }
    for (const [id, relay] of listed) if (!watched.has(id)) watched.set(id, witness.watch(relay));
  };
  follow();
  const endChanges = relays.onChange(follow);
  return {
    end() {
      endChanges();
      for (const end of watched.values()) end();
    },
  };
}
