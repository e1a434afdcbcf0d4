import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../errors.ts';

/** Where a demo runs, so that commands in another terminal can find it. */
export interface DemoPlace {
  readonly url: string;
  readonly data: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The demo has no passwords; only the user who started it can read this file. */
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
  /** When the process started, as the operating system reports it, if it does: a process id may be reused later. */
  readonly started: string | null;
  /** Null while the demo is starting. */
  readonly place: DemoPlace | null;
}

export interface ClaimedPlace {
  /** A folder that belongs to this demo and is removed when it ends. */
  readonly data: string;
  announce(place: DemoPlace): void;
  /** Removes the demo's folder synchronously: it may be the last thing that the process does. */
  leave(): void;
}

/** A folder of the current user, with one subfolder for each running demo. */
export const DEMO_PLACES = join(tmpdir(), `sluice-demos-${userInfo().username}`);

/**
 * Creates a folder for a demo in this process, beside those of other demos. Removes the folders of demos that did not
 * end properly.
 */
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

/** The demos that can be reached, oldest first. */
export function runningDemos(root: string = DEMO_PLACES): readonly DemoPlace[] {
  return ownersIn(root)
    .flatMap((found) => found.place ?? [])
    .toSorted((one, other) => one.startedAt - other.startedAt);
}

/**
 * Finds the demo at this address or, without an address, the only one.
 *
 * @param called - formats the command-line options that name a demo
 * @throws SluiceError `config_invalid` if there is none, or if there are several and no address was given.
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

/** The owners whose process is still running; the folders of all others are removed. */
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

/** Null if the process has not written the file yet. */
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
    // There is no such process, or it belongs to another user: then the process id was reused.
    return false;
  }
}

function isSame({ pid, started }: Owner): boolean {
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/** When a process started, if the system reports it: field 22 of `/proc/PID/stat`, see proc(5). */
function startOf(pid: number): string | null {
  try {
    // Field 2 is a name in parentheses, which may contain spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return fields[19] ?? null;
  } catch {
    return null;
  }
}

/**
 * Everybody can write to the directory for temporary files: another user's folder could direct commands to their relay.
 */
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
