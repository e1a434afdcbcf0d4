import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Attempts that are kept; the oldest go first. */
const MOST_KEPT = 200;
/** Milliseconds after which a report that somebody has begun to send is anybody's again. */
const ABANDONED_MS = 60_000;

/** Attempts that the relay does not have yet: a file each, of the person's own. */
export interface Spool {
  /** @param id of the attempt, which names its file. */
  keep(id: string, report: object): void;
  /** Each is handed over once, to be taken away by `done` or put back by `putBack`. */
  take(most: number): readonly Kept[];
  /** How many there are. */
  count(): number;
}

export interface Kept {
  readonly report: string;
  readonly done: () => void;
  readonly putBack: () => void;
}

/** @param now milliseconds since the epoch. */
export function openSpool(folder: string, now: () => number): Spool {
  const names = (suffix: string) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith(suffix))
        .toSorted();
    } catch {
      return [];
    }
  };
  const isAbandoned = (name: string) => {
    try {
      return now() - statSync(join(folder, name)).mtimeMs > ABANDONED_MS;
    } catch {
      return false;
    }
  };
  return {
    keep(id, report) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const kept = names(WAITING);
      for (const name of kept.slice(0, Math.max(0, kept.length - MOST_KEPT + 1)))
        rmSync(join(folder, name), { force: true });
      // The time first, so that names are in order. Written apart, so that nobody reads half of it.
      const place = join(folder, `${String(now()).padStart(16, '0')}-${id}`);
      writeFileSync(`${place}.new`, JSON.stringify(report), { mode: 0o600 });
      renameSync(`${place}.new`, `${place}${WAITING}`);
    },
    take(most) {
      const waiting = [...names(WAITING), ...names(TAKEN).filter(isAbandoned)];
      const taken: Kept[] = [];
      for (const name of waiting.slice(0, most)) {
        const own = join(folder, `${name.split('.')[0]!}.${process.pid}${TAKEN}`);
        try {
          renameSync(join(folder, name), own);
          taken.push({
            report: readFileSync(own, 'utf8'),
            done: () => rmSync(own, { force: true }),
            putBack: () => renameSync(own, join(folder, `${name.split('.')[0]!}${WAITING}`)),
          });
        } catch {
          // Somebody else has it.
        }
      }
      return taken;
    },
    count: () => names(WAITING).length + names(TAKEN).length,
  };
}

const WAITING = '.json';
const TAKEN = '.taken';
