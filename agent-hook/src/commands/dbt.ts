import type { Finding } from '../finding.ts';
import { namesRelay } from '../hosts.ts';
import { type Looking, pathIn, type Scope } from '../looking.ts';
import { hasOption, operandsOf, optionOf } from './options.ts';

/** Of dbt: those that connect, when the profile that it would take is one of Snowflake. */
export function dbtOf(argv: readonly string[], { around }: Looking, scope: Scope): Finding | null {
  if (hasOption(argv, '--help', '-h', '--version') || !operandsOf(argv).some((word) => CONNECTING.has(word)))
    return null;
  const project = optionOf(argv, '--project-dir') ?? '.';
  const folders = [
    optionOf(argv, '--profiles-dir') ?? scope.variables.get('DBT_PROFILES_DIR') ?? null,
    project,
    '~/.dbt',
  ].filter((folder) => folder !== null);
  for (const folder of folders) {
    const path = pathIn(scope, folder === '.' ? 'profiles.yml' : `${folder.replace(/\/$/, '')}/profiles.yml`);
    const read = around.read(path);
    if (read.outcome !== 'text') continue;
    const output = outputIn(read.text, optionOf(argv, '--target', '-t'));
    if (!/\btype:\s*['"]?snowflake\b/.test(output)) return null;
    const host = /^\s*(?:host|account):\s*['"]?([^\s'"#]+)/gm;
    const isRelays = [...output.matchAll(host)].some(([, value = '']) => namesRelay(value, around.relays));
    return isRelays ? null : { kind: 'client', evidence: 'dbt with a profile of Snowflake' };
  }
  return null;
}

const CONNECTING = new Set(
  'run build test seed snapshot show debug source freshness generate run-operation compile clone retry'.split(
    ' ',
  ),
);

/** The lines of the output that a profile names; all of them where it cannot be told. */
function outputIn(profiles: string, target: string | null): string {
  const wanted = target ?? /^\s+target:\s*['"]?([\w-]+)/m.exec(profiles)?.[1];
  if (wanted === undefined) return profiles;
  const lines = profiles.split('\n');
  const start = lines.findIndex(
    (line) =>
      line
        .trimEnd()
        .replace(/\s*#.*$/, '')
        .trim() === `${wanted}:`,
  );
  if (start === -1) return profiles;
  const depth = indentOf(lines[start]!);
  const end = lines.findIndex(
    (line, index) => index > start && line.trim() !== '' && indentOf(line) <= depth,
  );
  return lines.slice(start, end === -1 ? undefined : end).join('\n');
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
