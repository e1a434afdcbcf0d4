import type { Group, Setting } from './block.ts';

/** `[table]` and `name = value`: TOML as clients of Snowflake write it, and INI. */
export function readTables(text: string): readonly Group[] {
  const groups: { path: readonly string[]; settings: Setting[] }[] = [{ path: [], settings: [] }];
  for (const match of text.matchAll(ENTRY)) {
    const [, table, name, raw = ''] = match;
    if (table !== undefined) {
      groups.push({
        path: table.split('.').map((part) => part.trim().replace(/^["']|["']$/g, '')),
        settings: [],
      });
      continue;
    }
    const [nameStart] = match.indices![2]!;
    const [start] = match.indices![3]!;
    const quote = /^(?:"""|'''|["'])/.exec(raw)?.[0] ?? '';
    const inner = quote === '' ? raw.replace(/\s+[#;].*$/, '').trimEnd() : withoutQuotes(raw, quote);
    const at = { start: start + quote.length, end: start + quote.length + inner.length };
    groups.at(-1)!.settings.push({
      name: name!.replace(/^["']|["']$/g, ''),
      value: inner === '' || /^\$\{?\w|^\{\{|^%\(|^\{\s/.test(inner) ? null : inner,
      at,
      whole: { start: nameStart, end: at.end + quote.length },
    });
  }
  return groups.map((group) => ({ form: 'tables', callee: '', style: 'lines', ...group }) as const);
}

const ENTRY =
  /^[ \t]*(?:\[{1,2}([^\]\n]{1,300})\]{1,2}|("[^"\n]{1,120}"|'[^'\n]{1,120}'|[A-Za-z_][\w.-]{0,120})[ \t]*=[ \t]*("""[\s\S]{0,8000}?"""|'''[\s\S]{0,8000}?'''|[^\n]{0,4000}))/dgm;

function withoutQuotes(raw: string, quote: string): string {
  const end = raw.indexOf(quote, quote.length);
  return raw.slice(quote.length, end === -1 ? undefined : end);
}
