import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a relay's system does to it, and its clock. Takes effect at once, in a process that runs. */
export interface Shim {
  /** For the environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts its clock off by so many milliseconds from this machine's. */
  setClock(off: number): void;
  /** From now on `fsync`, or writing, fails so of files whose path holds this; null for none. */
  fail(call: FailingCall, path: string | null, errno?: keyof typeof ERRNO): void;
  /** How often that has happened. */
  failed(call: FailingCall): number;
}

export type FailingCall = 'sync' | 'write';

const SOURCE = fileURLToPath(new URL('shim.c', import.meta.url));
/** In the C source's `struct control`. */
const PLACES = {
  clockOff: 0,
  sync: { errno: 8, failed: 12 },
  write: { errno: 16, failed: 20 },
  path: 24,
  size: 280,
};
const ERRNO = { EIO: 5, ENOSPC: 28, EROFS: 30 };

/** Compiles it; null where that cannot be done, which is on Linux without a C compiler, and everywhere else. */
export function compileShim(folder: string): (() => Shim) | null {
  const library = join(folder, 'shim.so');
  if (process.platform !== 'linux') return null;
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return () => shimOf(library, join(mkdtempSync(join(folder, 'shim-')), 'control'));
}

export const NO_SHIM = 'there is no C compiler (cc) here to make the system fail with';

function shimOf(library: string, control: string): Shim {
  writeFileSync(control, Buffer.alloc(PLACES.size));
  const write = (bytes: Buffer, place: number) => {
    const file = openSync(control, 'r+');
    writeSync(file, bytes, 0, bytes.length, place);
    closeSync(file);
  };
  const number32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
  };
  return {
    env: { LD_PRELOAD: library, SLUICE_TEST_FAULTS_FILE: control },
    setClock(off) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(off));
      write(bytes, PLACES.clockOff);
    },
    fail(call, path, errno = 'EIO') {
      if (path !== null) write(Buffer.from(`${path}\0`), PLACES.path);
      write(number32(path === null ? 0 : ERRNO[errno]), PLACES[call].errno);
    },
    failed(call) {
      const bytes = Buffer.alloc(4);
      const file = openSync(control, 'r');
      readSync(file, bytes, 0, 4, PLACES[call].failed);
      closeSync(file);
      return bytes.readInt32LE();
    },
  };
}
