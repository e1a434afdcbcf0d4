import { pathIn, type Scope } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { UNKNOWN } from '../shell/words.ts';

/** What later commands are read with. */
export function builtIn(name: string, { argv, input }: Run, scope: Scope): void {
  if (name === 'cd' || name === 'pushd') {
    const folder = argv[1];
    if (folder !== undefined && !folder.includes(UNKNOWN) && folder !== '-')
      scope.folder = pathIn(scope, folder);
  }
  if (name === 'alias' || name === 'export' || name === 'declare') {
    for (const word of argv.slice(1)) {
      const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(word) ?? [];
      if (key !== undefined) (name === 'alias' ? scope.aliases : scope.variables).set(key, value!);
    }
  }
  if (name === 'set' && argv.includes('--')) setWords(argv.slice(argv.indexOf('--') + 1), scope);
  if (/^(?:read|mapfile|readarray)$/.test(name) && input !== null)
    readInto(name, argv.slice(1), input, scope);
  if (name === 'printf' && argv[1] === '-v' && argv[2] !== undefined)
    scope.variables.set(argv[2], argv.slice(3).join('').replace(/%s/g, ''));
}

/** `set -- a b`: what `$1` and `$@` say from here on. */
export function setWords(words: readonly string[], { variables }: Scope): void {
  words.forEach((word, index) => variables.set(String(index + 1), word));
  variables.set('@', words.join(' ')).set('*', words.join(' '));
}

/** `read a b`: fields of a line, and the rest of it; a list's name has all of them, or all lines. */
function readInto(name: string, words: readonly string[], input: string, { variables }: Scope): void {
  const names = words.filter((word) => /^[A-Za-z_]\w*$/.test(word));
  const isList = name !== 'read' || words.some((word) => /^-[a-z]*a$/.test(word));
  const between = variables.get('IFS')?.slice(0, 8) ?? '';
  const isWhole = words.some((word, index) => word === '-d' && words[index + 1] === '');
  const lines = name === 'read' ? [isWhole ? input : input.split('\n')[0]!] : input.split('\n');
  const fields = lines
    .flatMap((line) =>
      name !== 'read' ? [line] : between === '' ? line.split(/\s+/) : splitAt(line, between),
    )
    .filter((field) => field !== '')
    .slice(0, 1_000);
  if (isList) {
    fields.forEach((field, index) => variables.set(`${names[0]}[${index}]`, field));
    variables.set(names[0] ?? 'MAPFILE', fields.join(' '));
    return;
  }
  if (names.length === 1) variables.set(names[0]!, lines.join('\n').trim());
  else
    names.forEach((each, index) =>
      variables.set(each, index === names.length - 1 ? fields.slice(index).join(' ') : (fields[index] ?? '')),
    );
}

function splitAt(line: string, letters: string): readonly string[] {
  const fields = [''];
  for (const letter of line)
    if (letters.includes(letter)) fields.push('');
    else fields[fields.length - 1] += letter;
  return fields;
}
