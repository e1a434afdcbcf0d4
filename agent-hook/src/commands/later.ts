import type { Finding } from '../finding.ts';
import { inside, type Looking, type Scope, textAt } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { nameOf } from './names.ts';

/** What is handed over to be run later, by somebody else: `at`, `batch`, `crontab`. */
export function laterOf({ argv, input }: Run, looking: Looking, scope: Scope): Finding | null {
  const name = nameOf(argv[0] ?? '');
  if (name !== 'at' && name !== 'batch' && name !== 'crontab') return null;
  const path = argv.slice(1).findLast((word) => !word.startsWith('-'));
  const named = name === 'at' ? argv[argv.indexOf('-f') + 1] : path;
  const isNamed = name === 'at' ? argv.includes('-f') : name === 'crontab' && path !== undefined;
  const text = isNamed && named !== undefined ? textAt(named, looking, scope) : input;
  if (text === null) return null;
  return looking.shell(name === 'crontab' ? text.replace(WHEN, '') : text, inside(scope));
}

/** Five fields, or a word for them. */
const WHEN = /^[ \t]*(?:@\w+|(?:[-\d*,/A-Za-z]+[ \t]+){4}[-\d*,/A-Za-z]+)[ \t]+/gm;
