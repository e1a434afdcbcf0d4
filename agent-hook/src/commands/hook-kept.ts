import type { Finding } from '../finding.ts';
import { pathIn, type Scope } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { nameOf } from './names.ts';

/** Where the hook itself is set up. */
export function isHookFile(path: string): boolean {
  return /(?:^|\/)hooks\/sluice\.json$/i.test(path.replaceAll('\\', '/'));
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
    ...(name === 'git' && words[0] === 'rm' ? words : []),
    ...files.flatMap(({ path, isWritten }) => (isWritten ? [path] : [])),
  ];
  return touched.some(isHookFile) ? finding : null;
}
