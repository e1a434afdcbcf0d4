import { findIn } from '../find.ts';
import type { Finding } from '../finding.ts';
import { formOf } from '../form.ts';
import { ignoredBy, type IgnoredFiles } from '../ignored.ts';

/** What is known of a file; never its text. */
export interface FoundFile {
  readonly path: string;
  readonly findings: readonly Found[];
  /** Findings that a person has said to leave alone. */
  readonly ignored: readonly { readonly line: number; readonly reason: string }[];
}

/** Without what it is part of, where values are: that is read again from the file when it is to be mended. */
export interface Found extends Omit<Finding, 'part'> {
  readonly from: Place;
  readonly to: Place;
}

/** Lines and characters from 0. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

/** The findings of one workspace folder, file by file. */
export interface FindingsIndex {
  /** Looks at a file again. @returns what is found now. */
  look(path: string, text: string): FoundFile;
  forget(path: string): void;
  all(): readonly FoundFile[];
}

export interface IndexOptions {
  readonly relays: () => readonly string[];
  readonly ignored: () => readonly IgnoredFiles[];
}

export function createFindingsIndex({ relays, ignored }: IndexOptions): FindingsIndex {
  const files = new Map<string, FoundFile>();
  /** Keys, by the profile that names them. */
  const named = new Map<string, readonly string[]>();
  return {
    look(path, text) {
      const isNamedKey = (key: string) => [...named.values()].some((keys) => keys.includes(key));
      const found = findIn({ path, text }, { relays: relays(), isNamedKey });
      if (formOf(path) !== 'key') {
        const keys = found
          .filter(({ kind }) => kind === 'key')
          .map(({ start, end }) => pathFrom(path, text.slice(start, end)));
        if (keys.length > 0) named.set(path, keys);
        else named.delete(path);
      }
      const placed = placesIn(text);
      const shown: Found[] = [];
      const left: FoundFile['ignored'][number][] = [];
      for (const finding of found) {
        const why = ignoredBy(path, text, finding, ignored());
        const from = placed(finding.start);
        const { part: _part, ...rest } = finding;
        if (why === null) shown.push({ ...rest, from, to: placed(finding.end) });
        else left.push({ line: from.line, reason: why.reason });
      }
      const file = { path, findings: shown, ignored: left };
      if (found.length === 0) files.delete(path);
      else files.set(path, file);
      return file;
    },
    forget(path) {
      files.delete(path);
      named.delete(path);
    },
    all: () => [...files.values()],
  };
}

/** Where a profile's path leads to, in the workspace. */
function pathFrom(profile: string, key: string): string {
  const parts = key.replaceAll('\\', '/').startsWith('/') ? [] : profile.split('/').slice(0, -1);
  for (const part of key.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line, character: offset - starts[line]! };
  };
}
