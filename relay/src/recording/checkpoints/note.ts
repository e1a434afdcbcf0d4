import { createHash, type KeyObject } from 'node:crypto';
import { rawKey } from './signer.ts';

/**
 * A text and who signed it, as https://c2sp.org/signed-note has it. Nothing here says that a signature is valid.
 */
export interface SignedNote {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  /** The name of the key. */
  readonly name: string;
  /** See `noteKeyId`. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** The first byte of a key, which says what its signatures are over. */
export const NOTE_ALGORITHM = { ed25519: 0x01, cosignature: 0x04 } as const;

/**
 * Parses a note. Null unless it is one, to the byte: `noteText` of the result is the same string.
 */
export function parseNote(note: string): SignedNote | null {
  if (note.length > LONGEST || CONTROL.test(note) || !note.isWellFormed()) return null;
  const end = note.lastIndexOf('\n\n');
  if (end === -1 || !note.endsWith('\n')) return null;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map(parseSignatureLine);
  if (signatures.length > MOST_SIGNATURES || !signatures.every((each) => each !== null)) return null;
  return { text: note.slice(0, end + 1), signatures };
}

export function noteText({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(signatureLine).join('')}`;
}

/** `— NAME BASE64\n`. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  const bytes = Buffer.concat([Buffer.from(keyId, 'hex'), signature]);
  return `— ${name} ${bytes.toString('base64')}\n`;
}

/** Parses a signature line without its line feed. Null unless it is one. */
export function parseSignatureLine(line: string): NoteSignature | null {
  const [, name, base64 = ''] = SIGNATURE.exec(line) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (name === undefined || bytes.length <= KEY_ID || bytes.toString('base64') !== base64) return null;
  return { name, keyId: bytes.toString('hex', 0, KEY_ID), signature: bytes.subarray(KEY_ID) };
}

/** The short hash by which a signature line tells its key from others of that name; hex. It identifies, no more. */
export function noteKeyId(name: string, algorithm: number, publicKey: KeyObject): string {
  const key = Buffer.concat([Buffer.of(algorithm), rawKey(publicKey)]);
  return createHash('sha256')
    .update(`${name}\n`)
    .update(key)
    .digest('hex')
    .slice(0, 2 * KEY_ID);
}

/** Bytes. */
const KEY_ID = 4;
/** Characters, and signatures: as golang.org/x/mod/sumdb/note has them. */
const LONGEST = 1_000_000;
const MOST_SIGNATURES = 100;
// oxlint-disable-next-line no-control-regex -- these are what no note may contain
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const SIGNATURE = /^— ([^\p{White_Space}+]+) ([A-Za-z0-9+/]+={0,2})$/u;
