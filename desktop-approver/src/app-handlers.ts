import type { APP_CALLS, AppState, RelayView } from './ipc/app-calls.ts';
import type { DOWNLOAD_CALLS } from './ipc/download-calls.ts';
import type { Handlers } from './ipc/serve-calls.ts';
import type { RelayBook, Witness } from './ports.ts';
import type { Relay, RelayId, RelayState } from './relays/relay.ts';
import { TroubleError } from './relays/trouble.ts';
import type { SettingsFile } from './settings/settings-file.ts';
import { readGivenKey } from './witness/given-key.ts';
import type { Settings } from './settings/settings-schema.ts';

export interface AppHandlerParts {
  readonly relays: RelayBook;
  readonly witness: Witness;
  /** Whose account on this computer it is. */
  readonly account: string;
  readonly settings: SettingsFile;
  readonly state: () => AppState;
  /** Makes the settings hold, and says what of them could not be. */
  readonly apply: (settings: Settings) => void;
  readonly openRelay: (relay: RelayId) => void;
  readonly openDownloads: () => void;
  readonly onRemoved: (relay: RelayId) => void;
  readonly onAcknowledged: (relay: RelayId) => void;
  readonly lookForUpdate: () => Promise<void>;
  readonly downloads: Handlers<typeof DOWNLOAD_CALLS, unknown>;
}

/** What the app does for its own pages. */
export function appHandlers(parts: AppHandlerParts): Handlers<typeof APP_CALLS, unknown> {
  const { relays, witness, settings } = parts;
  const known = (id: RelayId): Relay => {
    const relay = relays.get(id);
    if (relay === null) throw new TroubleError('relay_not_listed', 'there is no such relay any more');
    return relay;
  };
  return {
    ...parts.downloads,
    state: async () => parts.state(),
    async addRelay({ url, name }) {
      const { id } = await relays.add(url, name ?? undefined);
      return { relay: id };
    },
    async removeRelay({ relay }) {
      await relays.remove(relay);
      parts.onRemoved(relay);
      return null;
    },
    signInPlaces: async ({ relay }) => (await known(relay).signInPlaces()).map(({ issuer }) => ({ issuer })),
    async signIn({ relay, issuer }) {
      await known(relay).signIn(issuer);
      return null;
    },
    async signOut({ relay }) {
      await known(relay).signOut();
      return null;
    },
    async enrolDevice({ relay, word }) {
      await known(relay).enrolDevice(word ?? undefined);
      return null;
    },
    deviceOffer: async ({ relay }) => await known(relay).deviceOffer(),
    vouchFor: async ({ relay, offer }) => await known(relay).vouchFor(offer),
    async giveRecordKey({ relay, key }) {
      await witness.trust(known(relay).id, await readGivenKey(key));
      return null;
    },
    async openConsole({ relay }) {
      parts.openRelay(known(relay).id);
      return null;
    },
    async openDownloads() {
      parts.openDownloads();
      return null;
    },
    async saveSettings(next) {
      settings.save(next);
      parts.apply(next);
      return null;
    },
    async lookForUpdate() {
      await parts.lookForUpdate();
      return null;
    },
    async acknowledgeAlarm({ relay, typed, words, next }) {
      const { alarm, url, person } = known(relay).state();
      // Not by habit: whoever is asked to type the name of a place has read which one it is.
      if (alarm === null || typed.trim() !== new URL(url).host) {
        throw new TroubleError('not_confirmed', 'what you typed is not the relay’s address');
      }
      await witness.acknowledge(relay, { by: person?.name ?? person?.id ?? parts.account, words, next });
      parts.onAcknowledged(relay);
      return null;
    },
  };
}

/** A relay as the app's own pages show it. */
export function relayViewOf({
  id,
  url,
  name,
  connection,
  person,
  pending,
  device,
  record,
  alarm,
}: RelayState): RelayView {
  const error =
    connection.type === 'signed_out' ? connection.because : 'error' in connection ? connection.error : null;
  return {
    id,
    url,
    name,
    connection: {
      type: connection.type,
      error: error === null ? null : { code: error.code, message: error.message, advice: error.advice },
    },
    person: person === null ? null : { name: person.name, until: person.until, isKept: person.isKept },
    pending: pending.length,
    device: {
      type: device.type,
      fingerprint: 'fingerprint' in device ? device.fingerprint : null,
      why: device.type === 'unavailable' ? `${device.why}. ${device.advice}` : null,
    },
    record: record.key && {
      ...record.key,
      seen: record.kept && { size: record.kept.size, at: record.kept.at },
    },
    alarm,
  };
}
