import { createReadStream } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import { SluiceError } from '../errors.ts';
import {
  isSignedBy,
  linesOf,
  logTree,
  parseCheckpoint,
  readPublicKeys,
  type RecordReaders,
  type SameLog,
  sameLog,
  type Shown,
  verifyExport,
  verifyStore,
} from '../recording/index.ts';
import { openStoreToRead, type ReadOnlyStore } from '../store/index.ts';
import { jsonLine } from './terminal-text.ts';
import { placeOfFile, readText, witnessKeyIn } from './verify.ts';

export interface CompareArguments {
  /** Paths of exports, databases or kept checkpoints. */
  readonly one: string;
  readonly other: string;
  /** PEM files. */
  readonly keys: readonly string[];
  readonly witnesses: readonly string[];
  readonly proof: string | undefined;
  readonly json: boolean;
}

/**
 * `sluice verify A B`: whether two auditors were shown the same log.
 *
 * @returns the exit code: 0 when it is the same log, 1 when it is not, or one of them is not intact, 2 when that cannot be told.
 */
export async function compareCommand(
  options: CompareArguments,
  print: (text: string) => void,
): Promise<number> {
  const keys = options.keys.flatMap((file) => readPublicKeys(readText(file)));
  const open: ReadOnlyStore[] = [];
  try {
    const [one, other] = [await shownIn(options.one, keys, open), await shownIn(options.other, keys, open)];
    const broken = [one, other].find((each) => typeof each === 'string');
    const found: SameLog =
      typeof one === 'string' || typeof other === 'string'
        ? { same: false, why: String(broken) }
        : await sameLog(one, other, {
            witnesses: options.witnesses.map(witnessKeyIn),
            proof: options.proof === undefined ? null : proofIn(readText(options.proof)),
          });
    print(options.json ? jsonLine(found) : text(found));
    return found.same === null ? 2 : found.same ? 0 : 1;
  } finally {
    for (const store of open) await store.close();
  }
}

/** What a file shows, when it is intact; otherwise why not. */
async function shownIn(
  path: string,
  keys: readonly KeyObject[],
  open: ReadOnlyStore[],
): Promise<Shown | string> {
  const place = placeOfFile(path);
  if (place !== null) {
    const store = await openStoreToRead(place.store, place.files, { frozen: true });
    open.push(store);
    const { intact, log } = await verifyStore(store, keys);
    return intact && log !== null ? { kind: 'store', log, store } : notIntact(path);
  }
  const first = await firstLines(path);
  if (!first[0]?.startsWith('{')) {
    const checkpoint = parseCheckpoint(readText(path));
    if (checkpoint === null) return `\`${path}\` is neither an export nor a database nor a checkpoint`;
    if (keys.some((key) => isSignedBy(checkpoint, key)))
      return { kind: 'checkpoint', checkpoint, earlier: [] };
    return `the checkpoint in \`${path}\` is not signed by a key that is trusted`;
  }
  const { intact } = await verifyExport(linesOf(createReadStream(path)), keys);
  const noted = (wanted: string) =>
    first
      .map(lineIn)
      .flatMap(({ kind, note = '' }) => (kind === wanted ? [parseCheckpoint(note)] : []))
      .filter((each) => each !== null);
  const [checkpoint] = noted('checkpoint');
  if (!intact || checkpoint === undefined) return notIntact(path);
  return { kind: 'checkpoint', checkpoint, earlier: noted('earlier') };
}

/** Those up to the last of an export's checkpoints. */
async function firstLines(path: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(createReadStream(path))) {
    lines.push(line ?? '');
    if (line === null || !line.startsWith('{') || !HEAD.has(lineIn(line).kind)) return lines;
  }
  return lines;
}

/** By the line's own member: the text may stand within another line, which proves nothing and is passed over. */
function lineIn(text: string): { readonly kind?: unknown; readonly note?: string } {
  try {
    return JSON.parse(text) as { kind?: unknown; note?: string };
  } catch {
    return {};
  }
}

/** The kinds of line that an intact export begins with, up to the last of its checkpoints. */
const HEAD: ReadonlySet<unknown> = new Set(['export', 'handover', 'checkpoint', 'earlier']);

function notIntact(path: string): string {
  return `\`${path}\` is not intact: see \`sluice verify\` of it alone`;
}

function text(found: SameLog): string {
  if (found.same === null) return `cannot be told: ${found.why}\nto find out: ${found.advice}`;
  return `${found.same ? 'the same log' : 'NOT the same log'}: ${found.why}`;
}

/** A proof as text: a line that says from where to where, and a hash a line, base64. */
export async function consistencyText(
  store: Pick<RecordReaders, 'events' | 'checkpoints'>,
  from: number,
  to: number,
): Promise<string> {
  const size = (await store.events.log())?.size ?? 0;
  if (from < 1 || from > to || to > size) {
    throw new SluiceError(
      'config_invalid',
      `there is no proof from ${from} to ${to} events: the log has ${size}`,
      {
        advice: 'give the smaller size first',
      },
    );
  }
  const proof = await logTree(store).consistencyProof(from, to);
  return [`consistency ${from} ${to}`, ...proof.map((hash) => hash.toString('base64'))].join('\n');
}

function proofIn(text: string): readonly Buffer[] {
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const hashes = lines.map((line) => Buffer.from(line, 'base64'));
  if (/^consistency \d+ \d+$/.test(first) && hashes.every(({ length }) => length === 32)) return hashes;
  throw new SluiceError('config_invalid', 'the proof cannot be read', {
    advice: 'give what `sluice consistency` printed, as it is',
  });
}
