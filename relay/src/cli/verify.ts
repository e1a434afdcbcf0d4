import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs';
import { compareLeave, LEAVE_TABLES, type LeaveReaders } from '../approval/index.ts';
import { SluiceError } from '../errors.ts';
import {
  type Checkpoint,
  linesOf,
  payloadReader,
  parseCheckpoint,
  parseWitnessKey,
  type Quorum,
  type WitnessKey,
  readPublicKeys,
  verifyExport,
  vaultFromFile,
  verifyLists,
  verifyStore,
} from '../recording/index.ts';
import { jsonLine } from './terminal-text.ts';
import { type Paint, unpainted } from './paint.ts';
import { type ReadPlace, readingStore } from './open-record.ts';
import { verificationText } from './verification-text.ts';

/** `sluice verify FILE|STORE --key PUBLIC_KEY`: works offline, and needs only public keys. */
export interface VerifyArguments {
  /** The path of an export or of a relay's database file, or a relay's store. */
  readonly what: string | ReadPlace;
  /** PEM files with Ed25519 public keys. */
  readonly keys: readonly string[];
  /** Files that contain one checkpoint each and were saved earlier; for verifying a store. */
  readonly checkpoints: readonly string[];
  /** The file of a checkpoint: only what was recorded after it is read. */
  readonly since?: string | undefined;
  /** How many of a store's newest events may be under no trusted checkpoint; undefined for the default. */
  readonly mostUnsigned?: number | undefined;
  /** The file with the keys that open a store's payloads. Without it, their bytes are not checked. */
  readonly payloadKeys?: string | undefined;
  /** Told now and then how many of a store's events have been read. */
  readonly onProgress?: ((read: number, of: number) => void) | undefined;
  /** Verifier keys of witnesses, whose cosignatures are demanded. */
  readonly witnesses?: readonly string[] | undefined;
  /** How many of them must have cosigned; all, when it is left out. */
  readonly leastWitnesses?: number | undefined;
  /** Also compares what lists and searches of a store go by with its log. */
  readonly lists?: boolean | undefined;
  /** How long PostgreSQL may take for one answer. Milliseconds. */
  readonly patienceMs?: number | undefined;
  readonly json: boolean;
}

/**
 * @returns the exit code: 0 if everything is intact, otherwise 1.
 * @throws SluiceError `config_invalid` if a file does not have the expected content.
 */
export async function verifyCommand(
  options: VerifyArguments,
  print: (text: string) => void,
  paint: Paint = unpainted,
): Promise<number> {
  const { what, json } = options;
  const keys = options.keys.flatMap((file) => readPublicKeys(readText(file)));
  const kept = options.checkpoints.map(readCheckpoint);
  const vault =
    options.payloadKeys === undefined ? null : vaultFromFile(options.payloadKeys, { create: false });
  const quorum = quorumOf(options.witnesses ?? [], options.leastWitnesses);
  const place = typeof what === 'string' ? placeOfFile(what) : what;
  const report =
    place === null
      ? await verifyExport(linesOf(createReadStream(what as string)), keys, kept, { quorum })
      : await readingStore(
          place,
          async (store) => {
            const report = await verifyStore(store, keys, kept, {
              mostUnsigned: options.mostUnsigned,
              since: options.since === undefined ? undefined : readCheckpoint(options.since),
              quorum,
              onProgress: options.onProgress,
              opener: vault === null ? null : payloadReader({ store, vault }),
            });
            return options.lists === true ? await verifyLists(store, report, leaveIn(store)) : report;
          },
          { frozen: true, patienceMs: options.patienceMs },
        );
  const name = typeof what === 'string' ? what : 'the store';
  print(json ? jsonLine(report) : verificationText(name, report, paint));
  return report.intact ? 0 : 1;
}

/** What lets statements run, in a form that verification compares with the log. */
function leaveIn(store: LeaveReaders): Parameters<typeof verifyLists>[2] {
  return {
    tables: LEAVE_TABLES,
    async compare(onFound) {
      for (const { table, id, why, event } of await compareLeave(store, Date.now())) {
        const place = event ?? { session: null, seq: null, position: null };
        onFound(place, `table ${table} has a row \`${id}\`, ${why}`);
      }
    },
  };
}

/** @throws SluiceError `config_invalid` for what is not a witness's verifier key, and more of them than are given. */
function quorumOf(texts: readonly string[], least: number = texts.length): Quorum | undefined {
  if (texts.length === 0 && least === 0) return undefined;
  const keys = texts.map(witnessKeyIn);
  if (new Set(keys.map(({ keyId }) => keyId)).size < least || least < 1) {
    throw new SluiceError(
      'config_invalid',
      `${least} witnesses are demanded, and ${keys.length} keys are given`,
      {
        advice: 'give each witness’s own key by --witness',
      },
    );
  }
  return { keys, least };
}

export function witnessKeyIn(text: string): WitnessKey {
  const key = parseWitnessKey(text);
  if (key !== null) return key;
  throw new SluiceError('config_invalid', 'a witness’s key cannot be read', {
    advice: 'give it as the witness prints it: NAME+ID+BASE64',
  });
}

/** Null if the file is not a database: then it is an export. */
export function placeOfFile(path: string): ReadPlace | null {
  const isDatabase = firstBytes(path, 16).toString('latin1') === 'SQLite format 3\0';
  return isDatabase ? { store: { kind: 'sqlite' }, files: { database: path } } : null;
}

function firstBytes(path: string, count: number): Buffer {
  try {
    const file = openSync(path, 'r');
    const bytes = Buffer.alloc(count);
    const read = readSync(file, bytes, 0, count, 0);
    closeSync(file);
    return bytes.subarray(0, read);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function readCheckpoint(path: string): Checkpoint {
  const checkpoint = parseCheckpoint(readText(path));
  if (checkpoint !== null) return checkpoint;
  throw new SluiceError('config_invalid', `\`${path}\` does not hold a checkpoint`, {
    advice: 'give a file that holds one checkpoint as it was signed (docs/recording-format.md, Checkpoints)',
  });
}

function unreadable(path: string, cause: unknown): SluiceError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return new SluiceError('config_invalid', `\`${path}\` ${missing ? 'is not there' : 'cannot be read'}`, {
    advice: 'name a file that you may read: an export, a relay’s `sluice.db`, a key or a checkpoint',
    cause,
  });
}
