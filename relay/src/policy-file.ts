import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { loadPolicy, type Policy } from './policy/index.ts';
import { formatProblem } from './yaml/index.ts';
import { SluiceError } from './errors.ts';

/** The policy in force: a file's, read again whenever it changes. */
export interface PolicyFile {
  /** The last good one. */
  current(): Policy;
  /** Looks at the file. Called every second. */
  look(): Promise<void>;
}

export interface PolicyFileOptions {
  readonly path: string;
  /** Told of every change: a new policy in force, or a new file that is refused, the old one kept. */
  readonly onReload: (outcome: PolicyReload) => void;
}

export type PolicyReload =
  | { readonly loaded: true; readonly policy: Policy }
  /** Each problem is one line that names file, line and column. */
  | { readonly loaded: false; readonly problems: readonly string[] };

/**
 * Opens a policy file. Throws `policy_invalid` when it cannot be read or is bad at the start: there is no old
 * policy to keep then. It is looked at by its content, as editors and config maps replace files in ways that
 * watchers of the file system miss.
 */
export function openPolicyFile({ path, onReload }: PolicyFileOptions): PolicyFile {
  const text = readFirst(path);
  const first = loadPolicy(text);
  if (first.problems !== undefined)
    throw invalid(first.problems.map((problem) => formatProblem(path, problem)));
  let policy = first.policy;
  let seen: string | null = text;
  let before: string | null = seen;

  return {
    current: () => policy,
    async look() {
      const text = await readFile(path, 'utf8').catch(() => null);
      // A file that is still being written may lack its last rules, and be well formed: it has to hold still first.
      const still = text === before;
      before = text;
      if (text === seen || !still) return;
      seen = text;
      if (text === null) {
        onReload({ loaded: false, problems: [`${path}: cannot be read`] });
        return;
      }
      const loaded = loadPolicy(text);
      if (loaded.problems !== undefined) {
        onReload({ loaded: false, problems: loaded.problems.map((problem) => formatProblem(path, problem)) });
        return;
      }
      // Put back as it was after a bad edit: nothing changed for anybody.
      const changed = loaded.policy.version !== policy.version;
      policy = loaded.policy;
      if (changed) onReload({ loaded: true, policy });
    },
  };
}

function readFirst(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SluiceError('policy_invalid', `the policy \`${path}\` cannot be read`, { cause });
  }
}

function invalid(problems: readonly string[]): SluiceError {
  return new SluiceError('policy_invalid', problems.join('; '), {
    advice: 'correct the file, and try it with `sluice policy check`',
  });
}
