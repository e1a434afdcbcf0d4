import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../errors.ts';

/** Where a demo runs, so that commands in another terminal find it. */
export interface DemoPlace {
  readonly url: string;
  readonly data: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The demo has no passwords, and only its user can read this file. */
  readonly people: readonly {
    readonly subject: string;
    readonly groups: readonly string[];
    readonly tokens: DemoTokens;
  }[];
}

export interface DemoTokens {
  readonly run: string;
  readonly decide: string;
}

interface Owner {
  readonly pid: number;
  /** As the system has it, where it says so: another process may get the same number later. */
  readonly started: string | null;
  /** Null while it starts. */
  readonly place: DemoPlace | null;
}

export interface ClaimedPlace {
  /** A folder of this demo's own, gone when it leaves. */
  readonly data: string;
  announce(place: DemoPlace): void;
  /** Removes all that is there, at once: it may be the last thing that the process does. */
  leave(): void;
}

/** A folder of this user's, with one folder for each demo that runs. */
export const DEMO_PLACES = join(tmpdir(), `sluice-demos-${userInfo().username}`);

/** A place for a demo of this process, beside those of others. Removes what demos have left that did not end by themselves. */
export function claimPlace(root: string = DEMO_PLACES): ClaimedPlace {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  refuseStrangers(root);
  runningDemos(root);
  const own = join(root, `${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(own, { mode: 0o700 });
  const write = (announced: DemoPlace | null) =>
    writeFileSync(
      join(own, FILE),
      JSON.stringify({ pid: process.pid, started: startOf(process.pid), place: announced }),
      { mode: 0o600 },
    );
  write(null);
  return {
    data: join(own, 'data'),
    announce: write,
    leave: () => rmSync(own, { recursive: true, force: true }),
  };
}

/** Those that can be reached, the oldest first. */
export function runningDemos(root: string = DEMO_PLACES): readonly DemoPlace[] {
  return ownersIn(root)
    .flatMap((found) => found.place ?? [])
    .toSorted((one, other) => one.startedAt - other.startedAt);
}

/**
 * The demo that is meant: the one at this address, or else the only one.
 *
 * @param called - how the options of a command name a demo
 * @throws SluiceError `config_invalid` when there is none, or when there are several and none was named.
 */
export function findDemo(
  url: string | undefined,
  called: (place: DemoPlace) => string = ({ url }) => `--url ${url}`,
  root: string = DEMO_PLACES,
): DemoPlace {
  const all = runningDemos(root);
  const meant = url === undefined ? all : all.filter((one) => sameAddress(one.url, url));
  const [only, ...more] = meant;
  if (only !== undefined && more.length === 0) return only;
  const listed = all.map((one) => `${called(one)} (since ${clock(one.startedAt)})`).join(', or ');
  if (all.length === 0) {
    throw new SluiceError('config_invalid', 'no demo is running', {
      advice: 'start one with `npx sluice demo`, or name a relay with --url and --token',
    });
  }
  throw url === undefined
    ? new SluiceError('config_invalid', `${all.length} demos are running: which one is meant?`, {
        advice: `say ${listed}`,
      })
    : new SluiceError('config_invalid', `no demo is running at \`${url}\``, {
        advice: `there ${all.length === 1 ? 'is' : 'are'} ${listed}`,
      });
}

const FILE = 'demo.json';

/** Of processes that are there; the rest is removed. */
function ownersIn(root: string): readonly Owner[] {
  const names = namesIn(root);
  if (names.length > 0) refuseStrangers(root);
  return names.flatMap((name) => {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    const found = ownerIn(join(root, name));
    if (isRunning(pid) && (found === null || isSame(found))) return found ?? [];
    rmSync(join(root, name), { recursive: true, force: true });
    return [];
  });
}

function namesIn(root: string): readonly string[] {
  try {
    return readdirSync(root).filter((name) => /^\d+-/.test(name));
  } catch {
    return [];
  }
}

/** Null while the process has not written it. */
function ownerIn(folder: string): Owner | null {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // Gone, or somebody else's: then the number was given anew.
    return false;
  }
}

function isSame({ pid, started }: Owner): boolean {
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/** When a process was started, where the system tells: proc(5), the 22nd field. */
function startOf(pid: number): string | null {
  try {
    // The second is a name in parentheses, which may have blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return fields[19] ?? null;
  } catch {
    return null;
  }
}

/** Everybody can write where temporary files are: a folder of another user's could lead commands to their relay. */
function refuseStrangers(root: string): void {
  const found = lstatSync(root);
  const isOwn =
    process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
  if (isOwn && found.isDirectory()) return;
  throw new SluiceError('config_invalid', `\`${root}\` is not this user’s alone`, {
    advice: 'remove it, or set TMPDIR to a folder of your own',
  });
}

function sameAddress(one: string, other: string): boolean {
  const [first, second] = [URL.parse(one), URL.parse(other)];
  if (first === null || second === null || first.port !== second.port) return false;
  return first.hostname === second.hostname || [first, second].every(({ hostname }) => LOCAL.test(hostname));
}

const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 5);
}
