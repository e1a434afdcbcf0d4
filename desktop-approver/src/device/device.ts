import { enrolmentBytes, type RelayClient } from '@sluice/contract';
import type { DeviceState } from '../relays/relay.ts';
import { TroubleError } from '../relays/trouble.ts';
import { type DeviceKey, type DeviceKeys, fingerprintOf } from './device-keys.ts';
import { readOffer, readWord, writtenOffer, writtenWord } from './offer.ts';

/** This device as the one person who is signed in at a relay signs decisions with it. */
export interface Device {
  state(): DeviceState;
  /** Asks the relay what has become of the key. */
  look(): Promise<void>;
  /** The key, if the relay takes what it signs. */
  enrolled(): DeviceKey | null;
  /** @throws TroubleError `device_unavailable`, or the relay's own error. */
  enrol(word: string | undefined): Promise<void>;
  offer(): Promise<string>;
  /** @param confirm asks the person about the fingerprint. */
  vouchFor(offer: string, confirm: (fingerprint: string) => Promise<boolean>): Promise<string>;
  /** Somebody else is signed in, or nobody. */
  forgetPerson(): void;
}

export interface DeviceOptions {
  /** The relay's address. */
  readonly relay: string;
  readonly keys: DeviceKeys;
  readonly client: Pick<RelayClient, 'devices'>;
  /** `issuer|subject` of who is signed in. */
  readonly identity: () => string | null;
  /** What its person knows it by. */
  readonly name: string;
  readonly now: () => number;
  readonly onChange: () => void;
  /** Does it, and once more after a sign-in, where the relay wants one that is more recent. */
  readonly signedInAnew: <T>(work: () => Promise<T>) => Promise<T>;
}

export function createDevice(options: DeviceOptions): Device {
  const { relay, keys, client, name, now, onChange, signedInAnew } = options;
  let state: DeviceState = keys.problem === null ? { type: 'unknown' } : unavailable();
  let current: DeviceKey | null = null;
  /** What another device is to vouch for: its word is good for these bytes alone. */
  let offered: { readonly key: string; readonly at: string } | null = null;

  function unavailable(): DeviceState {
    return { type: 'unavailable', why: keys.problem!.why, advice: keys.problem!.advice };
  }
  const become = (next: DeviceState, key: DeviceKey | null) => {
    state = next;
    current = key;
    onChange();
  };
  const identity = () => {
    const found = options.identity();
    if (found === null) throw new TroubleError('signed_out', 'nobody is signed in', 'sign in');
    return found;
  };

  const look = async () => {
    const owner = options.identity();
    if (owner === null || keys.problem !== null) return;
    const key = await keys.of(owner);
    if (key === null) {
      if (options.identity() === owner) become({ type: 'not_enrolled' }, null);
      return;
    }
    const { devices } = await client.devices.list();
    // Somebody else has signed in meanwhile.
    if (options.identity() !== owner) return;
    const found = devices.find((device) => device.key === key.key);
    if (found !== undefined) {
      become(
        found.revokedAt === null ? { type: 'enrolled', fingerprint: key.fingerprint } : { type: 'revoked' },
        key,
      );
    } else if (key.askedAt !== null && now() - key.askedAt < REQUEST_MS) {
      become({ type: 'waiting', fingerprint: key.fingerprint }, key);
    } else {
      become({ type: 'not_enrolled' }, key);
    }
  };

  /** The one that there is, unless nothing will ever come of it. */
  const keyToEnrol = async (owner: string): Promise<DeviceKey> => {
    if (keys.problem !== null) {
      throw new TroubleError(
        'device_unavailable',
        `no key can be kept here: ${keys.problem.why}`,
        keys.problem.advice,
      );
    }
    await look();
    return (state.type === 'revoked' ? null : await keys.of(owner)) ?? (await keys.make(owner));
  };

  return {
    state: () => state,
    look,
    enrolled: () => (state.type === 'enrolled' ? current : null),
    async enrol(word) {
      const owner = identity();
      const vouchedBy = word === undefined ? null : readWord(word);
      const device = await keyToEnrol(owner);
      if (state.type === 'enrolled') return;
      const send = async () => {
        const at =
          vouchedBy !== null && offered?.key === device.key ? offered.at : new Date(now()).toISOString();
        const bytes = enrolmentBytes({ identity: owner, key: device.key, at });
        const proof = base64(await device.sign(bytes));
        return await client.devices.enrol({ body: { key: device.key, name, at, proof, vouchedBy } });
      };
      const answer = await signedInAnew(send);
      if ('fingerprint' in answer) {
        await keys.noteAsked(owner, now());
        // Whoever vouches compares this one: what the relay made of the key has to be what this device made of it.
        if (answer.fingerprint !== device.fingerprint) {
          throw new TroubleError(
            'relay_contradicts_itself',
            'the relay shows another fingerprint for this device',
            'tell your security team',
          );
        }
      }
      await look();
    },
    async offer() {
      const owner = identity();
      const { key } = await keyToEnrol(owner);
      offered = { key, at: new Date(now()).toISOString() };
      return writtenOffer({ relay, identity: owner, ...offered });
    },
    async vouchFor(text, confirm) {
      const found = readOffer(text);
      if (found.relay !== relay || found.identity !== identity()) {
        throw new TroubleError(
          'offer_malformed',
          'that is of another relay or another person',
          'sign in there as the same person',
        );
      }
      if (state.type !== 'enrolled' || current === null) throw notEnrolled();
      const device = current;
      if (!(await confirm(fingerprintOf(found.key))))
        throw new TroubleError('not_confirmed', 'you did not confirm it');
      const signature = base64(await device.sign(enrolmentBytes(found)));
      return writtenWord({ key: device.key, signature });
    },
    forgetPerson() {
      offered = null;
      if (keys.problem === null) become({ type: 'unknown' }, null);
    },
  };
}

/** For so long the relay keeps a request for somebody's word. */
const REQUEST_MS = 24 * 3_600_000;

export function notEnrolled(): TroubleError {
  return new TroubleError(
    'device_not_enrolled',
    'the policy wants this decision signed, and this device is not enrolled',
    'enrol it in the settings, and have another person or device vouch for it',
  );
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
