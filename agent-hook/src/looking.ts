import type { Budget } from './budget.ts';
import type { Finding } from './finding.ts';
import type { Surroundings } from './surroundings.ts';

/** What everything that looks at a part of a call is given: what is around it, and how to look at what is inside. */
export interface Looking {
  readonly around: Surroundings;
  readonly budget: Budget;
  /** A text for a POSIX shell. */
  readonly shell: (text: string, scope: Scope) => Finding | null;
  /** A text for PowerShell. */
  readonly powershell: (text: string, scope: Scope) => Finding | null;
  /** A program in a scripting language. */
  readonly code: (text: string, scope: Scope) => Finding | null;
  /** A text that is about to be in a file. */
  readonly file: (path: string, text: string) => Finding | null;
}

/** What a shell knows at a place in its text. */
export interface Scope {
  /** Values that can be told from the text. */
  readonly variables: Map<string, string>;
  readonly aliases: Map<string, string>;
  /** Texts of functions' bodies. */
  readonly functions: Map<string, string>;
  /** Files that the text has written so far, as far as their text can be told. */
  readonly files: Map<string, string>;
  /** The folder, relative to the call's; an absolute path once there was one. */
  folder: string;
  /** Where the program lies that is looked at; undefined for one that is in no file. */
  readonly program?: string;
  readonly depth: number;
}

export function newScope(depth = 0): Scope {
  return {
    // Wherever it is, these say it in every folder.
    variables: new Map([
      ['PWD', '.'],
      ['HOME', '~'],
    ]),
    aliases: new Map(),
    functions: new Map(),
    files: new Map(),
    folder: '',
    depth,
  };
}

/** The same knowledge, one text further inside. */
export function inside(scope: Scope): Scope {
  return { ...scope, depth: scope.depth + 1 };
}

/** A file's text: what the same text has written into it, or what is there; null if neither can be told. */
export function textAt(path: string, { around }: Looking, scope: Scope): string | null {
  const place = pathIn(scope, path);
  const read = around.read(place);
  return scope.files.get(place) ?? (read.outcome === 'text' ? read.text : null);
}

/** A path of a command's, from the call's folder, without steps that lead nowhere. */
export function pathIn({ folder }: Pick<Scope, 'folder'>, path: string): string {
  const whole = folder === '' || /^[/~]|^[a-z]:[\\/]/i.test(path) ? path : `${folder}/${path}`;
  const steps: string[] = [];
  for (const step of whole.split('/')) {
    if (step === '..' && steps.length > 0 && !['..', '', '~'].includes(steps.at(-1)!)) steps.pop();
    else if (step !== '.' && (step !== '' || steps.length === 0)) steps.push(step);
  }
  return steps.join('/');
}
