import { createHash, webcrypto } from 'node:crypto';
import { z } from 'zod';
import { inTurn } from '../in-turn.ts';
import type { Secrets, SecretsProblem } from '../secrets/secrets.ts';

/** A key of this device's, to sign with. The private half is handed to nobody. */
export interface DeviceKey {
  /** SPKI, base64. */
  readonly key: string;
  /** What its person reads out to whoever vouches for it, as the relay shows it to them. */
  readonly fingerprint: string;
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** When it was asked to be enrolled, and had to wait; milliseconds since the epoch. */
  readonly askedAt: number | null;
}

/** This device's keys at one relay: one for each person who signs in there. */
export interface DeviceKeys {
  /** Null when keys can be kept here. */
  readonly problem: SecretsProblem | null;
  /** @param identity `issuer|subject`. */
  of(identity: string): Promise<DeviceKey | null>;
  /** In the place of the one before. */
  make(identity: string): Promise<DeviceKey>;
  noteAsked(identity: string, at: number): Promise<void>;
  forget(): Promise<void>;
}

const base64 = z.base64().max(1_000);
const keptKeys = z.strictObject({
  version: z.literal(1),
  keys: z
    .array(
      z.strictObject({
        identity: z.string().max(4_000),
        key: base64,
        /** PKCS 8. */
        privateKey: base64,
        askedAt: z.number().nullable(),
      }),
    )
    .max(100),
});
type KeptKey = z.infer<typeof keptKeys>['keys'][number];

export function deviceKeys(secrets: Secrets, relay: string): DeviceKeys {
  const name = `${relay}.device`;
  const turn = inTurn();

  const read = async (): Promise<readonly KeptKey[]> => {
    const found = await secrets.read(name);
    // One that is damaged can never sign again: another is made, and vouched for.
    return found.type === 'found' ? (parse(found.text) ?? []) : [];
  };
  const write = async (keys: readonly KeptKey[]) =>
    await secrets.write(name, JSON.stringify({ version: 1, keys }));

  return {
    problem: secrets.problem,
    async of(identity) {
      const kept = (await turn(read)).find((one) => one.identity === identity);
      return kept === undefined ? null : await deviceKeyOf(kept);
    },
    make: async (identity) =>
      await turn(async () => {
        // Whatever is not on disk is gone with the app, and whoever vouched for it did so for nothing.
        if (secrets.problem !== null) throw new Error('a device key is to be kept, and nothing can be');
        const kept = await newKey(identity);
        const others = (await read()).filter((one) => one.identity !== identity);
        await write([...others.slice(-MOST_OTHERS), kept]);
        return await deviceKeyOf(kept);
      }),
    noteAsked: async (identity, askedAt) =>
      await turn(async () => {
        const keys = await read();
        await write(keys.map((one) => (one.identity === identity ? { ...one, askedAt } : one)));
      }),
    forget: async () => await turn(async () => await secrets.remove(name)),
  };
}

const MOST_OTHERS = 20;

/** As relays show it to who vouches: the beginning of the SHA-256 of the key's bytes. */
export function fingerprintOf(key: string): string {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex');
  return (digest.slice(0, 24).match(/.{4}/g) ?? []).join(' ');
}

async function newKey(identity: string): Promise<KeptKey> {
  const pair = (await webcrypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const exported = async (format: 'spki' | 'pkcs8', key: webcrypto.CryptoKey) =>
    Buffer.from(await webcrypto.subtle.exportKey(format, key)).toString('base64');
  return {
    identity,
    key: await exported('spki', pair.publicKey),
    privateKey: await exported('pkcs8', pair.privateKey),
    askedAt: null,
  };
}

async function deviceKeyOf({ key, privateKey, askedAt }: KeptKey): Promise<DeviceKey> {
  const usable = await webcrypto.subtle.importKey(
    'pkcs8',
    Buffer.from(privateKey, 'base64'),
    'Ed25519',
    false,
    ['sign'],
  );
  return {
    key,
    fingerprint: fingerprintOf(key),
    sign: async (bytes) => new Uint8Array(await webcrypto.subtle.sign('Ed25519', usable, bytes)),
    askedAt,
  };
}

function parse(text: string): readonly KeptKey[] | null {
  try {
    return keptKeys.parse(JSON.parse(text)).keys;
  } catch {
    return null;
  }
}
