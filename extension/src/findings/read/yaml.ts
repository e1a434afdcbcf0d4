import type { Group, Setting } from './block.ts';

interface Level {
  readonly indent: number;
  readonly path: readonly string[];
  readonly settings: Setting[];
}

/**
 * YAML by its lines: maps, lists of `NAME=value`, block scalars, and maps within braces. It is read leniently and in linear time,
 * since profiles and charts are often templates, which no YAML parser takes.
 */
export function readYaml(text: string): readonly Group[] {
  const groups: Level[] = [];
  const open: Level[] = [];
  const keys: { readonly indent: number; readonly key: string }[] = [];
  let scalar: {
    readonly indent: number;
    readonly setting: Setting & { end: number };
    readonly level: Level;
  } | null = null;
  for (const { 0: line, index: from } of text.matchAll(/^.*$/gm)) {
    const indent = line.length - line.trimStart().length;
    if (line.trim() === '') continue;
    if (scalar !== null) {
      if (indent > scalar.indent) {
        scalar.setting.end = from + line.trimEnd().length;
        continue;
      }
      close(scalar, text);
      scalar = null;
    }
    if (/^\s*(?:#|---|\.\.\.)/.test(line)) continue;
    const match = ENTRY.exec(line);
    const item = /^\s*(?:-\s+)+/.exec(line);
    const at = item === null ? indent : item[0].length;
    while (keys.length > 0 && keys.at(-1)!.indent >= at) keys.pop();
    while (open.length > 0 && open.at(-1)!.indent > at) open.pop();
    // An item of a list begins a map of its own.
    if (item !== null) while (open.length > 0 && open.at(-1)!.indent >= at) open.pop();
    if (match === null) {
      const plain = /^\s*-\s+["']?([A-Za-z_]\w*)=(.*?)["']?\s*$/d.exec(line);
      if (plain !== null) {
        const level = levelAt(indent);
        level.settings.push(
          settingOf(plain[1]!, plain[2]!, from + plain.indices![1]![0], from + plain.indices![2]![0]),
        );
      }
      continue;
    }
    const key = match[1]!.replace(/^["']|["']$/g, '');
    const raw = match[2] ?? '';
    const start = from + (match.indices![2]?.[0] ?? line.length);
    const level = levelAt(at);
    const nameStart = from + match.indices![1]![0];
    if (/^[|>][-+\d]*\s*(?:#.*)?$/.test(raw)) {
      const setting = { ...settingOf(key, '', nameStart, start + raw.length), end: start + raw.length };
      scalar = { indent: at, setting, level };
    } else if (raw === '' || raw.startsWith('#') || /^[&!]\S+$/.test(raw)) keys.push({ indent: at, key });
    else if (raw.startsWith('{') && !raw.startsWith('{{')) {
      const inner: Level = { indent: at + 1, path: [...level.path, key], settings: [] };
      for (const pair of raw.matchAll(
        /(["']?[A-Za-z_][\w-]{0,80}["']?)\s*:\s*("[^"\n]{0,2000}"|'[^'\n]{0,2000}'|[^,}\n]{0,2000})/dg,
      ))
        inner.settings.push(
          settingOf(
            pair[1]!.replace(/^["']|["']$/g, ''),
            pair[2]!,
            start + pair.indices![1]![0],
            start + pair.indices![2]![0],
          ),
        );
      groups.push(inner);
    } else level.settings.push(settingOf(key, raw, nameStart, start));
  }
  if (scalar !== null) close(scalar, text);
  return groups.map(({ path, settings }) => ({ form: 'yaml', path, callee: '', style: 'lines', settings }));

  function levelAt(indent: number): Level {
    const last = open.at(-1);
    if (last?.indent === indent) return last;
    const level = { indent, path: keys.map(({ key }) => key), settings: [] };
    open.push(level);
    groups.push(level);
    return level;
  }
}

const ENTRY =
  /^\s*(?:-\s+)*(?:\?\s+)?("[^"\n]{1,200}"|'[^'\n]{1,200}'|[A-Za-z_][\w./ -]{0,200}?)\s*:(?:\s+(.*?))?\s*$/d;

/** What a block scalar says: all of its lines. */
function close(
  { setting, level }: { readonly setting: Setting & { end: number }; readonly level: Level },
  text: string,
): void {
  const { end, ...rest } = setting;
  const value = text.slice(rest.at.start, end).trim();
  const start = rest.at.start + text.slice(rest.at.start, end).indexOf(value);
  level.settings.push({
    ...rest,
    value,
    at: { start, end: start + value.length },
    whole: { start: rest.whole.start, end: start + value.length },
  });
}

function settingOf(name: string, raw: string, nameStart: number, start: number): Setting {
  const tagged = /^(?:[&!]\S+\s+)/.exec(raw)?.[0].length ?? 0;
  const text = raw.slice(tagged);
  const quote = text[0] === '"' || text[0] === "'" ? text[0] : '';
  const last = quote === '' ? -1 : text.lastIndexOf(quote);
  const inner =
    quote === '' ? text.replace(/\s+#.*$/, '').trimEnd() : text.slice(1, last > 0 ? last : undefined);
  const from = start + tagged + quote.length;
  const isFetched = inner === '' || /\{\{|\$\{|^\$\w|^\*\w|^\$\(|<%|^%\w+%$/.test(inner);
  return {
    name,
    value: isFetched ? null : inner,
    at: { start: from, end: from + inner.length },
    whole: { start: nameStart, end: from + inner.length + quote.length },
  };
}
