import type { Finding } from './finding.ts';
import { formOf } from './form.ts';

/** Why a finding is not shown. */
export interface Ignored {
  readonly reason: string;
}

/** An entry of the setting `sluice.findings.ignore`. */
export interface IgnoredFiles {
  /** A path within the workspace; `*` stands for any name, `**` for any folders. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Whether a person has said to leave a finding alone: in a comment on its line or the one above, `sluice:ignore why`, or by a
 * setting. Without a reason it is not left alone.
 */
export function ignoredBy(
  path: string,
  text: string,
  finding: Pick<Finding, 'start'>,
  settings: readonly IgnoredFiles[],
): Ignored | null {
  const lineStart = text.lastIndexOf('\n', finding.start - 1) + 1;
  const lineEnd = text.indexOf('\n', finding.start);
  const above = text.lastIndexOf('\n', lineStart - 2) + 1;
  const lines = [
    text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd),
    text.slice(above, Math.max(above, lineStart - 1)),
  ];
  // The line above counts only where it is a comment as a whole: it says nothing of the next otherwise.
  const said =
    reasonIn(lines[0]!) ?? (/^\s*(?:#|\/\/|\/\*|--|;|<!--)/.test(lines[1]!) ? reasonIn(lines[1]!) : null);
  if (said !== null) return { reason: said };
  const setting = settings.find((each) => each.reason.trim() !== '' && matches(each.path, path));
  return setting === undefined ? null : { reason: setting.reason.trim() };
}

function reasonIn(line: string): string | null {
  const said = /(?:#|\/\/|\/\*|--|;|<!--)\s*sluice:ignore\b[\s:-]*([^\n]{0,300})/.exec(line)?.[1];
  const reason = said?.replace(/\s*(?:\*\/|-->)\s*$/, '').trim() ?? '';
  return reason === '' ? null : reason;
}

/** Name by name, in time in proportion to both. */
function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.replace(/^\.?\//, '').split('/'), path.split('/')];
  let states = new Set([0]);
  for (const name of given) {
    const next = new Set<number>();
    for (const state of closed(states, wanted)) {
      if (wanted[state] === '**') next.add(state);
      else if (wanted[state] !== undefined && isName(wanted[state], name)) next.add(state + 1);
    }
    states = next;
  }
  return closed(states, wanted).has(wanted.length);
}

function closed(states: ReadonlySet<number>, wanted: readonly string[]): ReadonlySet<number> {
  const all = new Set(states);
  for (const state of all) if (wanted[state] === '**') all.add(state + 1);
  return all;
}

function isName(pattern: string, name: string): boolean {
  const [first = '', ...pieces] = pattern.split('*');
  if (pieces.length === 0) return pattern === name;
  const last = pieces.pop()!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = name.indexOf(piece, at);
    if (found === -1 || found + piece.length > name.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}

/** What starts a comment in a file of this form; null where there is none, as in JSON. */
export function commentFor(path: string): string | null {
  switch (formOf(path)) {
    case 'lines':
    case 'tables':
    case 'yaml':
    case 'python':
    case 'hcl':
      return '#';
    case 'javascript':
    case 'jvm':
    case 'go':
    case 'dotnet':
      return '//';
    case 'code':
      return /\.sql$/i.test(path)
        ? '--'
        : /\.(?:rb|r|pl|jl|ex|exs)$/i.test(path)
          ? '#'
          : /\.(?:rs|swift|cpp|cc|h|php)$/i.test(path)
            ? '//'
            : null;
    default:
      return null;
  }
}
