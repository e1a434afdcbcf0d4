import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../errors.ts';

/** Where the running demo is, so that commands in another terminal find it. */
export interface DemoPlace {
  readonly url: string;
  readonly data: string;
  /** For each of its people: the demo has no passwords, and only its user can read this file. */
  readonly tokens: Readonly<Record<string, DemoTokens>>;
}

export interface DemoTokens {
  readonly run: string;
  readonly decide: string;
}

export function rememberDemo(place: DemoPlace): void {
  forgetDemo();
  writeFileSync(file(), JSON.stringify(place), { mode: 0o600, flag: 'wx' });
}

export function forgetDemo(): void {
  rmSync(file(), { force: true });
}

/** Throws `config_invalid` when no demo runs. */
export function findDemo(): DemoPlace {
  try {
    return JSON.parse(readFileSync(file(), 'utf8')) as DemoPlace;
  } catch (cause) {
    throw new SluiceError('config_invalid', 'no demo is running', {
      advice: 'start one with `npm start`, or name a relay with --url and --token',
      cause,
    });
  }
}

function file(): string {
  return join(tmpdir(), `sluice-demo-${userInfo().username}.json`);
}
