import { type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import { z } from 'zod';
import { NOTE_ALGORITHM, noteKeyId, type NoteSignature, noteText, parseNote } from './note.ts';
import type { Signer } from './signer.ts';

/**
 * A signed statement by the relay: the log of this name held exactly these `size` events, in this order. Its form is
 * https://c2sp.org/tlog-checkpoint; see docs/recording-format.md, "Checkpoints".
 */
export interface Checkpoint extends TreeHead {
  /** The signed note that says so, to the byte. Everything else here is read from it. */
  readonly note: string;
}

export interface TreeHead {
  /** The log's UUID. */
  readonly log: string;
  /** Number of events. */
  readonly size: number;
  /** The Merkle tree's root over them, hex. */
  readonly root: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Reads a checkpoint from its note. Null unless it is one of a Sluice log. Its signatures are not checked. */
export function parseCheckpoint(note: string): Checkpoint | null {
  const lines = parseNote(note)?.text.split('\n') ?? [];
  const [origin = '', size = '', root = '', extension = ''] = lines;
  const bytes = Buffer.from(root, 'base64');
  const parsed = treeHead.safeParse({
    log: origin.startsWith(ORIGIN) ? origin.slice(ORIGIN.length) : '',
    size: SIZE.test(size) ? Number(size) : 0,
    root: bytes.toString('hex'),
    at: extension.startsWith(AT) ? extension.slice(AT.length) : '',
  });
  const isExact = parsed.success && checkpointText(parsed.data) === lines.join('\n');
  return isExact ? { ...parsed.data, note } : null;
}

/** The text to sign. */
export function checkpointText({ log, size, root, at }: TreeHead): string {
  return `${originOf(log)}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n${AT}${at}\n`;
}

/** The name of a log, and of the keys that sign it, outside of its store. */
export function originOf(log: string): string {
  return `${ORIGIN}${log}`;
}

export async function signCheckpoint(head: TreeHead, signer: Signer): Promise<Checkpoint> {
  const { log, size, root, at } = head;
  const text = checkpointText(head);
  const signature = await signer.sign(Buffer.from(text));
  const name = originOf(log);
  const keyId = noteKeyId(name, NOTE_ALGORITHM.ed25519, signer.publicKey);
  return { log, size, root, at, note: noteText({ text, signatures: [{ name, keyId, signature }] }) };
}

/** Whether the checkpoint has a signature that says that it is by this key of its log. */
export function namesKey(checkpoint: Checkpoint, publicKey: KeyObject): boolean {
  return signaturesBy(checkpoint, publicKey).length > 0;
}

/** Whether this key of the log has signed the checkpoint. */
export function isSignedBy(checkpoint: Checkpoint, publicKey: KeyObject): boolean {
  const text = Buffer.from(checkpointText(checkpoint));
  const signatures = signaturesBy(checkpoint, publicKey);
  // A note with a wrong signature of a known key is not to be believed, whatever else it has.
  return (
    signatures.length > 0 && signatures.every(({ signature }) => verify(null, text, publicKey, signature))
  );
}

function signaturesBy({ log, note }: Checkpoint, publicKey: KeyObject): readonly NoteSignature[] {
  const name = originOf(log);
  const id = noteKeyId(name, NOTE_ALGORITHM.ed25519, publicKey);
  const { signatures } = parseNote(note) ?? { signatures: [] };
  return signatures.filter((each) => each.name === name && each.keyId === id);
}

/** The purpose comes first, so that a signature made for one purpose is never valid for another. */
export function signedBytes(purpose: string, value: unknown): Buffer {
  return Buffer.from(`${purpose}\n${canonicalJson(value)}`);
}

/**
 * Whether the Ed25519 signature is valid.
 * @param signature hex.
 */
export function isSigned(bytes: Uint8Array, publicKey: KeyObject, signature: string): boolean {
  return verify(null, bytes, publicKey, Buffer.from(signature, 'hex'));
}

const ORIGIN = 'sluice/log/';
const AT = 'at ';
const SIZE = /^[1-9][0-9]{0,15}$/;

const treeHead = z.strictObject({
  log: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  size: z.int().positive(),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime({ precision: 3 }),
});
