import type { Wanted } from './wanted.ts';

/**
 * What a description in YAML has run elsewhere: a workflow's steps, a cluster's job. Read by its lines: the values of keys that
 * mean a command, in whichever form they are written.
 */
export function yamlCommands(text: string, { isTrial }: Pick<Wanted, 'isTrial'>): readonly string[] {
  if (isTrial) return [];
  const lines = text.split('\n').slice(0, 5_000);
  const found: string[] = [];
  for (const [index, line] of lines.entries()) {
    const [, before = '', value = ''] = KEY.exec(line) ?? [];
    if (before === '') continue;
    const rest = blockAfter(lines, index, before.replace(/\S/g, ' ').length);
    if (/^[|>][+-]?\d?$/.test(value)) found.push(rest.join('\n'));
    else if (value !== '') found.push(wordsOf(value));
    else found.push(rest.map((each) => wordsOf(each.replace(/^\s*-\s*/, ''))).join(' '), ...rest.map(itemOf));
  }
  return found.filter((each) => each.trim() !== '').slice(0, 200);
}

const KEY =
  /^(\s*(?:-\s+)?)(?:run|script|command|args|entrypoint|cmd|before_script|commands)\s*:\s*(.*?)\s*$/;

function blockAfter(lines: readonly string[], index: number, depth: number): readonly string[] {
  const rest = lines.slice(index + 1, index + 200);
  const end = rest.findIndex(
    (line) => line.trim() !== '' && line.length - line.trimStart().length <= depth && !/^\s*-\s/.test(line),
  );
  return end === -1 ? rest : rest.slice(0, end);
}

function itemOf(line: string): string {
  return line.replace(/^\s*-\s*/, '').replace(/^(['"])(.*)\1$/, '$2');
}

/** `["a", "b c"]` as words of a shell; another value as it is. */
function wordsOf(value: string): string {
  if (!value.startsWith('[')) return itemOf(value);
  return Array.from(value.matchAll(/"([^"]*)"|'([^']*)'|([^\s,[\]]+)/g), ([, a, b, c]) => a ?? b ?? c ?? '')
    .map((word) => (/^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
