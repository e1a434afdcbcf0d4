import { join } from 'node:path';
import { type Environment, homeOf } from './hook-places.ts';

/** By whose form a hook is set up: Copilot's, which VS Code reads too, or Claude Code's, which others read. */
export type HarnessFile = 'copilot' | 'claude';

export interface HookPlaces {
  readonly folder: string;
  readonly env: Environment;
  /** For a person, in every workspace; otherwise for everybody, in this one. */
  readonly isUsers: boolean;
}

export function hookFile(harness: HarnessFile, { folder, env, isUsers }: HookPlaces): string {
  switch (harness) {
    case 'copilot':
      return isUsers
        ? join(env['COPILOT_HOME'] ?? join(homeOf(env), '.copilot'), 'hooks', 'sluice.json')
        : join(folder, '.github', 'hooks', 'sluice.json');
    case 'claude':
      return join(isUsers ? homeOf(env) : folder, '.claude', 'settings.json');
    default:
      return harness satisfies never;
  }
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The file with the hook in it, in this harness' form, and everything else as it was. A command that cannot be found must not
 * let a call pass: its exit code is turned into the one that every harness takes for no.
 *
 * Seconds: harnesses that wait longer than that go on without an answer, and the hook answers well before.
 */
export function withHook(harness: HarnessFile, file: Json, command: string): Json {
  const without = withoutHook(harness, file);
  const event = eventOf(harness);
  const hooks = objectOf(without['hooks']);
  const bash = `${command} || exit 2`;
  const entry =
    harness === 'copilot'
      ? {
          type: 'command',
          bash,
          powershell: `${forPowerShell(command)}; if (-not $?) { exit 2 }`,
          timeoutSec: SECONDS,
        }
      : { matcher: '*', hooks: [{ type: 'command', command: bash, timeout: SECONDS }] };
  return {
    ...(harness === 'copilot' ? { version: 1 } : {}),
    ...without,
    hooks: { ...hooks, [event]: [...listOf(hooks[event]), entry] },
  };
}

/** The file without the hook, and without what is empty then. */
export function withoutHook(harness: HarnessFile, file: Json): Json {
  const event = eventOf(harness);
  const { hooks: given, ...rest } = file;
  const { [event]: entries, ...others } = objectOf(given);
  const kept = listOf(entries).flatMap((entry) => {
    if (isOurs(entry)) return [];
    const inner = objectOf(entry)['hooks'];
    if (!Array.isArray(inner)) return [entry];
    const left = inner.filter((each) => !isOurs(each));
    return left.length === 0 && inner.length > 0 ? [] : [{ ...objectOf(entry), hooks: left }];
  });
  const hooks = kept.length === 0 ? others : { ...others, [event]: kept };
  return Object.keys(hooks).length === 0 ? rest : { ...rest, hooks };
}

const SECONDS = 30;

function eventOf(harness: HarnessFile): string {
  return harness === 'copilot' ? 'preToolUse' : 'PreToolUse';
}

function isOurs(entry: unknown): boolean {
  const { bash, powershell, command } = objectOf(entry);
  return [bash, powershell, command].some(
    (text) => typeof text === 'string' && /\bsluice(?:\.cjs|\.cmd)?["']?\s+hook\b/.test(text),
  );
}

/** A program in quotes is called there, and not printed. */
function forPowerShell(command: string): string {
  return command.startsWith('"') ? `& ${command}` : command;
}

function objectOf(value: unknown): Json {
  return Object(value) as Json;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
