import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, open, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ColumnSource } from '@sluice/snowflake-sql';
import { SluiceError } from '../../errors.ts';

/** A file as it is kept: its place is chosen here and known to no client. */
export interface KeptFile {
  readonly path: string;
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
}

/** A file of a stage. */
export interface StagedFile extends KeptFile {
  /** Below its stage, without a slash before it. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The columns that it comes from; none of what somebody has put there. */
  readonly sources: readonly ColumnSource[];
}

export interface FileLimits {
  /** Of one file, as it is sent. Bytes. */
  readonly fileBytes: number;
  /** Of all that one person has in stages, and of everybody's. Bytes. */
  readonly ownerBytes: number;
  readonly allBytes: number;
  /** Files that one person has. */
  readonly ownerFiles: number;
}

export const defaultFileLimits: FileLimits = {
  fileBytes: 512 * 1024 * 1024,
  ownerBytes: 2 * 1024 * 1024 * 1024,
  allBytes: 8 * 1024 * 1024 * 1024,
  ownerFiles: 10_000,
};

/** The files of all stages: on disk, in a folder of their own that goes with the warehouse. */
export interface StageFiles {
  readonly directory: string;
  /** Those that a person has in a stage, by their names. */
  of(owner: string, stage: string): readonly StagedFile[];
  /**
   * Keeps what is read, under no name yet. Errors: `request_too_large` for more than there may be, whatever the reading
   * fails with. Nothing is left behind then.
   */
  receive(owner: string, content: Readable | AsyncIterable<Uint8Array>): Promise<KeptFile>;
  /** A place for a file that is written here. */
  newPath(): string;
  /** What was written there. */
  written(owner: string, path: string): Promise<KeptFile>;
  /** Gives a file its name, in place of the one that had it. */
  add(owner: string, stage: string, file: StagedFile): Promise<void>;
  /** A file that has got no name. */
  discard(owner: string, file: KeptFile): Promise<void>;
  remove(owner: string, stage: string, names: readonly string[]): Promise<void>;
  /** Everybody's files of a stage that there is no more. */
  removeStage(stage: string): Promise<void>;
  close(): Promise<void>;
}

export async function openStageFiles(limits: FileLimits = defaultFileLimits): Promise<StageFiles> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'sluice-stages-')));
  const stages = new Map<string, Map<string, Map<string, StagedFile>>>();
  /** Of what is on its way, beside what is kept. */
  const used = new Map<string, number>();
  let all = 0;

  const count = (owner: string, bytes: number) => {
    used.set(owner, (used.get(owner) ?? 0) + bytes);
    all += bytes;
  };
  const check = (owner: string) => {
    if ((used.get(owner) ?? 0) > limits.ownerBytes || all > limits.allBytes)
      throw tooLarge('the files in stages take more room than there is', 'REMOVE some of them');
  };
  const forget = async (owner: string, file: KeptFile) => {
    count(owner, -file.size);
    await rm(file.path, { force: true });
  };
  const filesOf = (owner: string, stage: string) => stages.get(stage)?.get(owner);

  return {
    directory,
    of: (owner, stage) =>
      [...(filesOf(owner, stage)?.values() ?? [])].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    async receive(owner, content) {
      const path = join(directory, randomUUID());
      const read = createFingerprint();
      const counted = async function* (source: AsyncIterable<Uint8Array>) {
        for await (const part of source) {
          read.take(part);
          count(owner, part.byteLength);
          if (read.size() > limits.fileBytes)
            throw tooLarge(`a file may have ${limits.fileBytes} bytes`, 'send it in several files');
          check(owner);
          yield part;
        }
      };
      try {
        // A stream that opens the file by itself may do so after a sender who leaves at once has had it removed.
        const file = await open(path, 'wx', 0o600);
        await pipeline(content, counted, file.createWriteStream());
        return await named(path, read);
      } catch (error) {
        count(owner, -read.size());
        await rm(path, { force: true });
        throw error;
      }
    },
    newPath: () => join(directory, randomUUID()),
    async written(owner, path) {
      const file = await open(path);
      const read = createFingerprint();
      for await (const part of file.createReadStream() as AsyncIterable<Buffer>) read.take(part);
      const kept = await named(path, read);
      count(owner, kept.size);
      try {
        check(owner);
        return kept;
      } catch (error) {
        await forget(owner, kept);
        throw error;
      }
    },
    async add(owner, stage, file) {
      const owners = stages.get(stage) ?? new Map<string, Map<string, StagedFile>>();
      stages.set(stage, owners);
      const files = owners.get(owner) ?? new Map<string, StagedFile>();
      owners.set(owner, files);
      const before = files.get(file.name);
      if (before === undefined && files.size >= limits.ownerFiles) {
        await forget(owner, file);
        throw tooLarge(`a stage may have ${limits.ownerFiles} files`, 'REMOVE some of them');
      }
      files.set(file.name, file);
      if (before !== undefined) await forget(owner, before);
    },
    discard: forget,
    async remove(owner, stage, names) {
      const files = filesOf(owner, stage);
      for (const name of names) {
        const file = files?.get(name);
        if (file === undefined) continue;
        files?.delete(name);
        await forget(owner, file);
      }
    },
    async removeStage(stage) {
      const owners = stages.get(stage) ?? new Map<string, Map<string, StagedFile>>();
      stages.delete(stage);
      for (const [owner, files] of owners) for (const file of files.values()) await forget(owner, file);
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** What is told of a file by its content, as it goes by. */
function createFingerprint() {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let size = 0;
  let first: Buffer = Buffer.alloc(0);
  return {
    take(part: Uint8Array): void {
      size += part.byteLength;
      if (first.byteLength < MAGIC) first = Buffer.concat([first, part]).subarray(0, MAGIC);
      md5.update(part);
      sha256.update(part);
    },
    size: () => size,
    ending: () => endingOf(first),
    digests: () => ({ md5: md5.digest('hex'), sha256: sha256.digest('hex') }),
  };
}

/** Gives a file the ending that its content calls for. */
async function named(path: string, read: ReturnType<typeof createFingerprint>): Promise<KeptFile> {
  const ended = `${path}${read.ending()}`;
  await rename(path, ended);
  return { path: ended, size: read.size(), ...read.digests() };
}

const MAGIC = 4;

/** By which DuckDB tells how a file is packed: what it begins with, never what its client says. */
function endingOf(first: Uint8Array): string {
  const begins = (...bytes: readonly number[]) => bytes.every((byte, index) => first[index] === byte);
  if (begins(0x1f, 0x8b)) return '.gz';
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return '.zst';
  return '';
}

/** Whether it is packed with gzip. */
export function isPacked({ path }: KeptFile): boolean {
  return path.endsWith('.gz');
}

function tooLarge(message: string, advice: string): SluiceError {
  return new SluiceError('request_too_large', message, { advice });
}
