import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs';
import { SluiceError } from '../errors.ts';
import {
  type Checkpoint,
  linesOf,
  parseCheckpoint,
  problemText,
  readPublicKeys,
  verifyExport,
  type VerifyReport,
  verifyStore,
} from '../recording/index.ts';
import { folded, revealed, shown } from '../text/index.ts';
import { jsonLine } from './terminal-text.ts';
import { type Paint, unpainted } from './paint.ts';
import { type ReadPlace, readingStore } from './open-record.ts';

/** `sluice verify FILE|STORE --key PUBLIC_KEY`: works offline, and needs only public keys. */
export interface VerifyArguments {
  /** The path of an export or of a relay's database file, or a relay's store. */
  readonly what: string | ReadPlace;
  /** PEM files with Ed25519 public keys. */
  readonly keys: readonly string[];
  /** Files that contain one checkpoint each and were saved earlier; for verifying a store. */
  readonly checkpoints: readonly string[];
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
  const place = typeof what === 'string' ? placeOfFile(what) : what;
  const report =
    place === null
      ? await verifyExport(linesOf(createReadStream(what as string)), keys)
      : await readingStore(place, (store) => verifyStore(store, keys, kept));
  print(json ? jsonLine(report) : text(typeof what === 'string' ? what : 'the store', report, paint));
  return report.intact ? 0 : 1;
}

/** Null if the file is not a database: then it is an export. */
function placeOfFile(path: string): ReadPlace | null {
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

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function readCheckpoint(path: string): Checkpoint {
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

function text(path: string, report: VerifyReport, paint: Paint): string {
  const { intact, events, sessions, payloads, redacted, signedDecisions, unsigned, problems } = report;
  const held =
    `${count(events, 'event')} in ${count(sessions, 'session')}, ${count(payloads, 'payload')}, ` +
    `${count(signedDecisions, 'signed decision')}, ${count(redacted, 'body', 'bodies')} removed by retention`;
  const tail = unsigned === 0 ? [] : [`not yet under a checkpoint: the newest ${count(unsigned, 'event')}`];
  if (intact) return [`${paint('good', 'intact')}: ${path}: ${held}`, ...tail].join('\n');
  return [
    `${paint('bad', 'NOT intact')}: ${path}: ${held}`,
    // An export may come from anyone, who may have chosen its content.
    ...problems.flatMap((problem) => folded(shown`  ${revealed(problemText(problem))}`)),
    ...tail,
  ].join('\n');
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
