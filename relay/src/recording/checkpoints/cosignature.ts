import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { NOTE_ALGORITHM, noteKeyId, type NoteSignature, noteText, parseNote } from './note.ts';
import { rawKey } from './signer.ts';

/** Whose cosignatures count: a name and a key, as https://c2sp.org/tlog-cosignature has them. */
export interface WitnessKey {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly keyId: string;
}

/** `NAME+ID+BASE64`, as https://c2sp.org/signed-note writes a verifier key. */
export function witnessKeyText({ name, publicKey, keyId }: WitnessKey): string {
  const key = Buffer.concat([Buffer.of(NOTE_ALGORITHM.cosignature), rawKey(publicKey)]);
  return `${name}+${keyId}+${key.toString('base64')}`;
}

export function witnessKeyOf(name: string, publicKey: KeyObject): WitnessKey {
  return { name, publicKey, keyId: noteKeyId(name, NOTE_ALGORITHM.cosignature, publicKey) };
}

/** Null unless it is the verifier key of an Ed25519 cosigner. */
export function parseWitnessKey(text: string): WitnessKey | null {
  const [, name = '', keyId, base64 = ''] = VERIFIER_KEY.exec(text) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== 33 || bytes[0] !== NOTE_ALGORITHM.cosignature || bytes.toString('base64') !== base64) {
    return null;
  }
  const der = Buffer.concat([SPKI_PREFIX, bytes.subarray(1)]);
  const key = witnessKeyOf(name, createPublicKey({ key: der, format: 'der', type: 'spki' }));
  return key.keyId === keyId ? key : null;
}

/** @param at seconds since the epoch. */
export async function cosign(
  text: string,
  { name, keyId, at, sign }: CosigningKey & { readonly at: number },
): Promise<NoteSignature> {
  const signature = await sign(cosignedBytes(text, BigInt(at)));
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(at));
  return { name, keyId, signature: Buffer.concat([stamp, signature]) };
}

export interface CosigningKey extends Pick<WitnessKey, 'name' | 'keyId'> {
  /** Ed25519. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
}

/** Whether this witness has cosigned the note. */
export function isCosignedBy(note: string, witness: WitnessKey): boolean {
  const { text, signatures } = parseNote(note) ?? { text: '', signatures: [] };
  const own = signatures.filter(({ name, keyId }) => name === witness.name && keyId === witness.keyId);
  return own.length > 0 && own.every((each) => isCosignature(text, each, witness));
}

export function isCosignature(
  text: string,
  { signature }: NoteSignature,
  { publicKey }: WitnessKey,
): boolean {
  const bytes = Buffer.from(signature);
  if (bytes.length !== 8 + 64) return false;
  const at = bytes.readBigUInt64BE(0);
  return at < 2n ** 63n && verify(null, cosignedBytes(text, at), publicKey, bytes.subarray(8));
}

/** The note with these signatures too. Those that it has are left as they are. */
export function withSignatures(note: string, more: readonly NoteSignature[]): string {
  const parsed = parseNote(note);
  if (parsed === null) return note;
  const has = (signature: NoteSignature) =>
    parsed.signatures.some(({ name, keyId }) => name === signature.name && keyId === signature.keyId);
  return noteText({ ...parsed, signatures: [...parsed.signatures, ...more.filter((each) => !has(each))] });
}

function cosignedBytes(text: string, at: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${at}\n${text}`);
}

const VERIFIER_KEY = /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u;
/** What comes before the 32 bytes of an Ed25519 key in its SPKI: RFC 8410, section 4. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
