import { digestOf, fromBase64, fromHex, joined, toBase64, toHex, utf8 } from './bytes.ts';
import type { Tree } from './merkle.ts';

/** A signed checkpoint, as its text says it: docs/recording-format.md, "Checkpoints". No signature is checked yet. */
export interface Checkpoint extends Tree {
  /** The log's UUID. */
  readonly log: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

interface NoteSignature {
  readonly name: string;
  /** 4 bytes, hex. */
  readonly id: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Null unless it is one, to the byte. */
export function readCheckpoint(note: string): Checkpoint | null {
  if (note.length > 1_000_000 || CONTROL.test(note) || !note.isWellFormed() || !note.endsWith('\n'))
    return null;
  const end = note.lastIndexOf('\n\n');
  if (end === -1) return null;
  const text = note.slice(0, end + 1);
  const lines = note
    .slice(end + 2, -1)
    .split('\n')
    .map(readSignature);
  if (lines.length > 100 || lines.includes(null)) return null;
  const [, log, size, base64 = '', at = ''] = TEXT.exec(text) ?? [];
  const root = fromBase64(base64);
  if (log === undefined || root?.length !== 32 || !Number.isSafeInteger(Number(size)) || !isTime(at))
    return null;
  return { log, size: Number(size), root, at, text, signatures: lines as NoteSignature[] };
}

/** By this name, in the browser and in Node. */
type PublicKey = Parameters<typeof crypto.subtle.verify>[1];

/** An Ed25519 public key that signs checkpoints or cosigns them. */
export interface NoteKey {
  readonly name: string;
  readonly id: string;
  /** SPKI, base64. */
  readonly spki: string;
  readonly key: PublicKey;
}

/** The key of a log. @param spki base64. @returns null unless it is an Ed25519 key. */
export async function logKey(log: string, spki: string): Promise<NoteKey | null> {
  const bytes = fromBase64(spki);
  if (bytes === null) return null;
  return await keyOf(`${ORIGIN}${log}`, SIGNATURE, bytes);
}

/**
 * The witness that an enrolled device is (docs/witnesses.md, "A witness on every desk"): its name says which key it is.
 *
 * @param spki base64. @returns null unless it is an Ed25519 key.
 */
export async function deviceWitness(spki: string): Promise<NoteKey | null> {
  const bytes = fromBase64(spki);
  return bytes && (await keyOf(`sluice/device/${fingerprintOf(spki).slice(0, 16)}`, COSIGNATURE, bytes));
}

/** The verifier key of a witness: `NAME+ID+BASE64`. */
export function witnessKeyText({ name, id, spki }: NoteKey): string {
  const raw = (fromBase64(spki) ?? new Uint8Array()).subarray(-32);
  return `${name}+${id}+${toBase64(joined(Uint8Array.of(COSIGNATURE), raw))}`;
}

/**
 * The line by which a witness cosigns a checkpoint (https://c2sp.org/tlog-cosignature), without its line feed. Whoever calls has seen
 * to it that the log goes on to this checkpoint from the last one that this witness has cosigned.
 *
 * @param at milliseconds since the epoch; the line has whole seconds. @param sign Ed25519, with the witness's key: 64 bytes.
 */
export async function cosignatureLine(
  { text }: Pick<Checkpoint, 'text'>,
  { name, id }: Pick<NoteKey, 'name' | 'id'>,
  at: number,
  sign: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<string> {
  const time = Math.floor(at / 1_000);
  const signature = await sign(utf8.encode(`cosignature/v1\ntime ${time}\n${text}`));
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  return `— ${name} ${toBase64(joined(fromHex(id), stamp, signature))}`;
}

/** A witness's key, of its verifier key: `NAME+ID+BASE64`. @returns null unless it is one of an Ed25519 cosigner. */
export async function witnessKey(text: string): Promise<NoteKey | null> {
  const [, name = '', id, base64 = ''] =
    /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text) ?? [];
  const bytes = fromBase64(base64);
  if (bytes?.length !== 33 || bytes[0] !== COSIGNATURE) return null;
  const key = await keyOf(name, COSIGNATURE, joined(SPKI_PREFIX, bytes.subarray(1)));
  return key?.id === id ? key : null;
}

async function keyOf(
  name: string,
  algorithm: number,
  spki: Uint8Array<ArrayBuffer>,
): Promise<NoteKey | null> {
  if (spki.length !== 44 || !SPKI_PREFIX.every((byte, at) => byte === spki[at])) return null;
  const id = toHex(digestOf(`${name}\n`, Uint8Array.of(algorithm), spki.subarray(-32))).slice(0, 8);
  const key = await crypto.subtle.importKey('spki', spki, 'Ed25519', false, ['verify']);
  return { name, id, spki: btoa(String.fromCharCode(...spki)), key };
}

/** Whether it has signatures that say that they are by this key, and all of them are. */
export async function isSignedBy(
  { text, signatures }: Checkpoint,
  { name, id, key }: NoteKey,
): Promise<boolean> {
  const own = signatures.filter((each) => each.name === name && each.id === id);
  const right = await Promise.all(own.map(({ signature }) => isValid(key, signature, utf8.encode(text))));
  return own.length > 0 && right.every(Boolean);
}

/** Whether a signature says that it is by this key, be it so or not. */
export function namesKey({ signatures }: Checkpoint, { name, id }: NoteKey): boolean {
  return signatures.some((each) => each.name === name && each.id === id);
}

/** Whether a witness has cosigned it: https://c2sp.org/tlog-cosignature. */
export async function isCosignedBy(
  { text, signatures }: Checkpoint,
  { name, id, key }: NoteKey,
): Promise<boolean> {
  const own = signatures.filter((each) => each.name === name && each.id === id);
  const right = await Promise.all(
    own.map(async ({ signature }) => {
      if (signature.length !== 72) return false;
      const at = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
      const bytes = utf8.encode(`cosignature/v1\ntime ${at}\n${text}`);
      return at < 2n ** 63n && (await isValid(key, signature.slice(8), bytes));
    }),
  );
  return own.length > 0 && right.every(Boolean);
}

export async function isValid(
  key: PublicKey,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return signature.length === 64 && (await crypto.subtle.verify('Ed25519', key, signature, bytes));
}

/** SHA-256 of the SPKI, hex. */
export function fingerprintOf(spki: string): string {
  return toHex(digestOf(fromBase64(spki) ?? new Uint8Array()));
}

function readSignature(line: string): NoteSignature | null {
  const [, name, base64 = ''] = /^— ([^\p{White_Space}+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (name === undefined || bytes === null || bytes.length <= 4) return null;
  return { name, id: toHex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

function isTime(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
}

const ORIGIN = 'sluice/log/';
const TEXT =
  /^sluice\/log\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n([1-9][0-9]{0,15})\n([A-Za-z0-9+/]+=)\nat (\S{24})\n$/;
const SIGNATURE = 0x01;
const COSIGNATURE = 0x04;
/** What comes before the 32 bytes of an Ed25519 key in its SPKI: RFC 8410, section 4. */
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);
// oxlint-disable-next-line no-control-regex -- these are what no note may contain
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
