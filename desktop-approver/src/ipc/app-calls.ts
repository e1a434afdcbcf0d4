import { trouble } from '@sluice/console/desktop-bridge';
import { z } from 'zod';
import { DOWNLOAD_CALLS, DOWNLOAD_NEWS } from './download-calls.ts';
import { ALARM_CAUSES } from '../witness/alarm.ts';
import { relayId } from './relay-id.ts';
import { settings } from '../settings/settings-schema.ts';

const ofRelay = z.strictObject({ relay: relayId });

const relayView = z.strictObject({
  id: relayId,
  url: z.string(),
  name: z.string(),
  connection: z.strictObject({
    type: z.enum(['signed_out', 'connecting', 'connected', 'offline', 'refused']),
    /** What keeps it from being connected, if something does. */
    error: trouble.nullable(),
  }),
  person: z
    .strictObject({
      name: z.string().nullable(),
      until: z.string().nullable(),
      isKept: z.boolean(),
    })
    .nullable(),
  pending: z.int(),
  device: z.strictObject({
    type: z.enum(['unknown', 'unavailable', 'not_enrolled', 'waiting', 'enrolled', 'revoked']),
    fingerprint: z.string().nullable(),
    why: z.string().nullable(),
  }),
  /** What this computer has seen of its record; null while it has seen nothing. */
  record: z
    .strictObject({
      /** Of the key that signs it, hex. */
      fingerprint: z.string(),
      since: z.string(),
      isGiven: z.boolean(),
      /** How many events, and when that was found to go on from what was seen before; null while nothing of it was. */
      seen: z.strictObject({ size: z.int(), at: z.string() }).nullable(),
    })
    .nullable(),
  alarm: z
    .strictObject({
      at: z.string(),
      why: z.enum(ALARM_CAUSES),
      message: z.string(),
      kept: z.string(),
      shown: z.string(),
      proof: z.array(z.string()).readonly(),
    })
    .nullable(),
});

/** What the app's own pages show. */
export const appState = z.strictObject({
  version: z.string(),
  platform: z.enum(['linux', 'mac', 'windows']),
  relays: z.array(relayView),
  settings,
  /** What went wrong with the app itself, such as settings that could not be read. */
  notices: z.array(z.string()),
  mayNotify: z.boolean(),
  /** What is known of newer releases of the app. */
  updates: z.discriminatedUnion('type', [
    z.strictObject({ type: z.enum(['off', 'unknown', 'looking']) }),
    z.strictObject({ type: z.literal('newest'), at: z.string() }),
    z.strictObject({ type: z.literal('newer'), at: z.string(), version: z.string() }),
    z.strictObject({ type: z.literal('failed'), at: z.string(), trouble }),
  ]),
});

export const APP_CALLS = {
  state: { input: z.null(), output: appState },
  addRelay: {
    input: z.strictObject({ url: z.string().max(2_000), name: z.string().max(100).nullable() }),
    output: ofRelay,
  },
  removeRelay: { input: ofRelay, output: z.null() },
  signInPlaces: { input: ofRelay, output: z.array(z.strictObject({ issuer: z.string() })) },
  signIn: { input: z.strictObject({ relay: relayId, issuer: z.string() }), output: z.null() },
  signOut: { input: ofRelay, output: z.null() },
  enrolDevice: {
    input: z.strictObject({ relay: relayId, word: z.string().max(4_000).nullable() }),
    output: z.null(),
  },
  deviceOffer: { input: ofRelay, output: z.string() },
  vouchFor: { input: z.strictObject({ relay: relayId, offer: z.string().max(4_000) }), output: z.string() },
  /** Holds the relay's record to the key that the person was given. */
  giveRecordKey: { input: z.strictObject({ relay: relayId, key: z.string().max(4_000) }), output: z.null() },
  openConsole: { input: ofRelay, output: z.null() },
  openDownloads: { input: z.null(), output: z.null() },
  ...DOWNLOAD_CALLS,
  /** Resolves when it was looked. */
  lookForUpdate: { input: z.null(), output: z.null() },
  saveSettings: { input: settings, output: z.null() },
  acknowledgeAlarm: {
    input: z.strictObject({
      relay: relayId,
      /** What the person typed, which has to be the relay's host. */
      typed: z.string().max(300),
      /** What they found out and did, in their words. */
      words: z.string().min(1).max(4_000),
      /** From what was kept, which the relay has to show again; or by trusting what it shows next. */
      next: z.enum(['go_on', 'begin_anew']),
    }),
    output: z.null(),
  },
} as const;

export const APP_NEWS = { state: appState, ...DOWNLOAD_NEWS } as const;

export type AppState = z.infer<typeof appState>;
export type RelayView = z.infer<typeof relayView>;
