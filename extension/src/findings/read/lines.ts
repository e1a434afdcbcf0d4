import type { Form } from '../form.ts';
import type { Group, Setting } from './block.ts';

/** `NAME=value` on lines of their own: environment files, shell scripts, `ENV` of a Dockerfile, Java's properties. */
export function readLines(text: string, form: Form): readonly Group[] {
  const settings: Setting[] = [];
  for (const match of text.matchAll(LINE)) settings.push(...settingsOf(match));
  return [{ form, path: [], callee: '', style: 'lines', settings }];
}

/** A line that gives names values; a quoted value may go on over lines, as keys do. */
const LINE =
  /^[ \t]*(?:export[ \t]+|ENV[ \t]+|ARG[ \t]+|set[ \t]+(?:-\w+[ \t]+)*|setx[ \t]+|\$env:|-[ \t]+|declare[ \t]+-\w+[ \t]+)?(?:([A-Za-z_][\w.-]{0,120})[ \t]*(=|:|[ \t](?=["']?[^\s=:]))[ \t]*)((?:"(?:[^"\\]|\\.){0,8000}"|'[^']{0,8000}'|[^\n]{0,4000}))/dgms;

function settingsOf(match: RegExpMatchArray & { indices?: RegExpIndicesArray }): readonly Setting[] {
  const [, name = '', , raw = ''] = match;
  const [nameStart] = match.indices![1]!;
  const [start] = match.indices![3]!;
  const first = setting(name, raw, nameStart, start);
  // `ENV A=b C=d`, `export A=b C=d`, `A=b C=d command`.
  const rest = first.at.end - start + (raw.startsWith('"') || raw.startsWith("'") ? 1 : 0);
  const more = [
    ...raw.slice(rest).matchAll(/(?<=\s)([A-Za-z_]\w{0,120})=("[^"\n]*"|'[^'\n]*'|[^\s"'&|;]+)/dg),
  ];
  return [
    first,
    ...more.map((each) =>
      setting(each[1]!, each[2]!, start + rest + each.indices![1]![0], start + rest + each.indices![2]![0]),
    ),
  ];
}

function setting(name: string, raw: string, nameStart: number, start: number): Setting {
  const quote = raw[0] === '"' || raw[0] === "'" ? raw[0] : '';
  const inner =
    quote === ''
      ? raw
          .replace(/\s+#.*$/s, '')
          .replace(/(?:\s+[A-Za-z_]\w*=.*|\s*[&|;].*|\s+\\?)$/s, '')
          .trimEnd()
      : raw.slice(1, Math.max(1, raw.lastIndexOf(quote)));
  const at = { start: start + quote.length, end: start + quote.length + inner.length };
  return {
    name,
    value: isFetched(inner, quote) ? null : inner,
    at,
    whole: { start: nameStart, end: at.end + quote.length },
  };
}

/** `$NAME`, `$(command)`, `%NAME%`, a template: fetched when it is used. A `$` within a password is none of these. */
function isFetched(value: string, quote: string): boolean {
  if (quote === "'") return false;
  return (
    value === '' ||
    /^\$[A-Za-z_]\w*$|^\$env:|^[^$]*\$[({][^)}]*[)}][^$]*$|^`|^%\w+%$|^\{\{|^<%|^!/.test(value.trim())
  );
}
