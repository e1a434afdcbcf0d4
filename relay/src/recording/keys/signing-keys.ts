import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SluiceError } from '../../errors.ts';
import { type Checkpoint, isSignedBy, parseCheckpoint } from '../checkpoints/checkpoint.ts';
import { goesOn } from '../checkpoints/consistency.ts';
import { contradiction } from '../checkpoints/contradiction.ts';
import { earlierEvents } from '../checkpoints/earlier-events.ts';
import type { SignedHead } from '../checkpoints/head-file.ts';
import { logFacts } from '../checkpoints/log-facts.ts';
import { keyIn } from '../checkpoints/log-keys.ts';
import { logTree } from '../checkpoints/log-tree.ts';
import { rootOf } from '../checkpoints/merkle.ts';
import { fingerprint, pemBlocks, type Signer, signerOf, signersFromFile } from '../checkpoints/signer.ts';
import { requireKeyEvents } from '../export/complete-session.ts';
import type { AuthoredEvent, RecordReaders } from '../ports.ts';
import { alreadyRotated, keyFile, replaceKeyFile } from './key-file.ts';

/** A key that has signed the log, signs it, or is to. */
export interface SigningKeyState {
  /** SHA-256 of the public key's SPKI, hex. */
  readonly key: string;
  /** The position of the first event that it signs for; null while no relay has taken it up. */
  readonly from: number | null;
  /** When that was, ISO 8601; null likewise. */
  readonly since: string | null;
  /** `next`: the relay takes it up at its next start. `unused`: neither was it ever taken up, nor is it going to be. */
  readonly state: 'current' | 'next' | 'former' | 'unused';
  /** Whether it has signed that the one after it may be trusted; null for one that is not former. */
  readonly handedOver: boolean | null;
  /** Whether it has signed events that were lost, and never signs this log again. */
  readonly spent: boolean;
  /** Whether its private key is in the key file; null where that cannot be read. */
  readonly inFile: boolean | null;
  /** Whether its private key may be removed from the file. */
  readonly mayGo: boolean;
}

/**
 * The keys of a log by what is on the record and in the key file, the newest first.
 *
 * @param path of the key file; null where it cannot be read: then none is in it.
 */
export async function signingKeyStates(
  store: KeyStore,
  files: KeyFiles,
): Promise<readonly SigningKeyState[]> {
  return await statesOf(store, files, await namingRows(store));
}

type KeyStore = Pick<RecordReaders, 'events' | 'checkpoints'>;

interface KeyFiles {
  readonly path: string | null;
  /** What the relay has signed last. */
  readonly head: SignedHead | null;
}

async function namingRows({ events }: KeyStore): Promise<readonly AuthoredEvent[]> {
  const log = await events.log();
  return log === null ? [] : await events.ofTypes(log.relaySession, ['signing_key']);
}

async function statesOf(
  store: KeyStore,
  { path, head }: KeyFiles,
  rows: readonly AuthoredEvent[],
): Promise<readonly SigningKeyState[]> {
  const inFile = path === null ? [] : signersFromFile(path, { create: false });
  const signed = head && parseCheckpoint(head.note);
  const named = rows.map((row) => ({ ...row, ...namedIn(row.body) }));
  const current = named.at(-1)?.key;
  const next = inFile[0]?.key === current ? undefined : inFile[0]?.key;
  const spentKeys = new Set(head?.neverSign);

  const states: SigningKeyState[] = [];
  for (const [index, { key, position, at, publicKey }] of named.entries()) {
    const successor = named[index + 1];
    const last = named.findLastIndex((each) => each.key === key) === index;
    const handedOver =
      successor === undefined
        ? null
        : await isHandedOver(store, {
            size: successor.position + 1,
            successor: successor.key,
            publicKey,
            signed,
          });
    const spent = spentKeys.has(key);
    const isNext = last && key === next;
    states.push({
      key,
      from: position,
      since: at,
      state: isNext ? 'next' : key === current && last ? 'current' : 'former',
      handedOver,
      spent,
      inFile: path === null ? null : inFile.some((signer) => signer.key === key),
      mayGo: false,
    });
  }
  for (const { key } of inFile) {
    if (states.some((each) => each.key === key)) continue;
    const state = key === next ? 'next' : 'unused';
    const nowhere = { from: null, since: null, handedOver: null, spent: spentKeys.has(key) };
    states.push({ key, ...nowhere, state, inFile: true, mayGo: false });
  }
  // While the relay has not taken up the first one, the others may have to hand over.
  const isTakenUp = next === undefined && current !== undefined;
  const isNeeded = ({ key }: SigningKeyState) =>
    states
      .filter((each) => each.key === key)
      .some(({ state, handedOver, spent }) =>
        state === 'former' ? handedOver !== true && !spent : state !== 'unused',
      );
  return states
    .map((each) => ({ ...each, mayGo: each.inFile === true && isTakenUp && !isNeeded(each) }))
    .toSorted((a, b) => (b.from ?? Infinity) - (a.from ?? Infinity));
}

async function isHandedOver(
  store: KeyStore,
  of: {
    readonly size: number;
    readonly successor: string;
    readonly publicKey: ReturnType<typeof keyIn>[number] | undefined;
    readonly signed: Checkpoint | null;
  },
): Promise<boolean> {
  const { size, successor, publicKey, signed } = of;
  const stored = await store.checkpoints.handOver(size, successor);
  const checkpoint = stored && parseCheckpoint(stored.note);
  if (checkpoint === null || publicKey === undefined || signed === null || size > signed.size) return false;
  if (checkpoint.size !== size || !isSignedBy(checkpoint, publicKey)) return false;
  // Whatever the tables hold instead, it proves nothing.
  const proof = await logTree(store)
    .consistencyProof(size, signed.size)
    .catch(() => []);
  return goesOn(checkpoint, signed, proof);
}

function namedIn(body: string | null) {
  const [publicKey] = keyIn(body);
  const key = String((JSON.parse(body ?? '{}') as { key?: unknown }).key);
  return {
    key,
    publicKey: publicKey !== undefined && fingerprint(publicKey) === key ? publicKey : undefined,
  };
}

/**
 * Puts a new key above the one that signs, which stays below it: the relay takes the new one up at its next start, and the old
 * one signs that.
 *
 * @param write false to change nothing.
 * @returns the new key.
 * @throws SluiceError `config_invalid` when the file has a key already that the relay has not taken up, or cannot be replaced.
 */
export async function rotateSigningKey(
  path: string,
  states: readonly SigningKeyState[],
  { write }: { readonly write: boolean },
): Promise<Pick<Signer, 'key' | 'publicKey'>> {
  keyFile(path);
  const waiting = states.find(({ state }) => state === 'next');
  if (waiting !== undefined) throw alreadyRotated(path, waiting.key.slice(0, 16));
  const { privateKey } = generateKeyPairSync('ed25519');
  const signer = signerOf(privateKey);
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  if (write) await replaceKeyFile(path, pem + readFileSync(path, 'utf8'));
  return signer;
}

/**
 * Removes the private keys that nothing needs any more. Which keys the log names is not believed before the log was read and found to
 * be the one that was signed: with a key that was taken for one that nothing needs, nobody could hand over any more.
 *
 * @throws SluiceError `config_invalid` when there is nothing here to find that by; `record_contradicted` when it is another log.
 */
export async function retireSigningKeys(
  path: string,
  store: KeyStore,
  { head, write }: { readonly head: SignedHead | null; readonly write: boolean },
): Promise<readonly string[]> {
  keyFile(path);
  const rows = await namingRows(store);
  const states = await statesOf(store, { path, head }, rows);
  if (states.some(({ mayGo }) => mayGo)) await requireProven(store, head, rows);
  const going = new Set(states.filter(({ mayGo }) => mayGo).map(({ key }) => key));
  const kept = pemBlocks(readFileSync(path, 'utf8')).filter(
    (pem) => !going.has(signerOf(createPrivateKey(pem)).key),
  );
  if (write && going.size > 0) await replaceKeyFile(path, kept.map((pem) => `${pem}\n`).join(''));
  return [...going];
}

/** Reads the log as far as it is signed, and compares with it the rows that were found by their type. */
async function requireProven(
  store: KeyStore,
  head: SignedHead | null,
  rows: readonly AuthoredEvent[],
): Promise<void> {
  if (head === null) throw noHead();
  if (head.contradiction !== null) throw contradiction(head.contradiction.why);
  const signed = parseCheckpoint(head.note)!;
  const tree = { size: signed.size, peaks: head.peaks.map((hash) => Buffer.from(hash, 'hex')) };
  if (rootOf(tree.peaks).toString('hex') !== signed.root) throw noHead();
  const facts = logFacts();
  await earlierEvents(store, tree, facts, async () => {}).readFrom(0);
  requireKeyEvents(facts, rows, ['signing_key'], signed.size);
}

function noHead(): SluiceError {
  return new SluiceError(
    'config_invalid',
    'what the relay has signed last cannot be read here: no key is removed',
    {
      advice:
        'run this on the data folder of a relay, as the user that it runs as: `signed-head.json` is in it',
    },
  );
}
