import type { Finding } from '../finding.ts';
import { pathIn, type Scope } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { nameOf } from './names.ts';

/** Where the hook itself is set up. */
export function isHookFile(path: string): boolean {
  return /(?:^|\/)hooks\/sluice\.json$/i.test(path.replaceAll('\\', '/'));
}

/** A folder that it is in, or a pattern that it is matched by. */
function holdsHook(path: string): boolean {
  return /(?:^|\/)(?:\.github|\.copilot)(?:\/hooks(?:\/[^/]*\*[^/]*)?)?\/?$/i.test(
    path.replaceAll('\\', '/'),
  );
}

/** What of git changes files that are there. */
const CHANGES: ReadonlySet<string> = new Set(['rm', 'mv', 'checkout', 'restore', 'reset', 'clean', 'apply']);

function removesWhatIsFound(words: readonly string[]): boolean {
  return words.some((word) => /^(?:-delete|rm|unlink|mv|shred|truncate)$/.test(word));
}

/** A person takes the hook out; an agent does not. */
export function takesHookOut({ argv, files }: Run, scope: Scope): Finding | null {
  const name = nameOf(argv[0] ?? '');
  const words = argv.slice(1);
  const finding: Finding = { kind: 'hook', evidence: 'the hook itself, taken out or changed' };
  if (name === 'sluice' && words[0] === 'hook' && words[1] === 'uninstall') return finding;
  const removes =
    /^(?:rm|unlink|mv|shred|truncate|chmod|tee|cp|dd)$/.test(name) ||
    (name === 'sed' && words.some((word) => /^-[a-zA-Z]*i/.test(word)));
  const touched = [
    ...(removes ? words.map((word) => pathIn(scope, word)) : []),
    ...(name === 'git' && words.some((word) => CHANGES.has(word)) ? words : []),
    ...files.flatMap(({ path, isWritten }) => (isWritten ? [path] : [])),
  ];
  const isSearched = /^(?:find|fd)$/.test(name) && words.some((word) => /^sluice\.(?:json|\*)$/.test(word));
  const isEmptied = /^(?:rm|mv|shred)$/.test(name) && touched.some(holdsHook);
  return touched.some(isHookFile) || isEmptied || (isSearched && removesWhatIsFound(words)) ? finding : null;
}
