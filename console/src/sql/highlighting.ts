import { type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';
import { commentsIn, tokenize } from '@sluice/snowflake-sql';

/** Colours by the tokens that the relay's parser sees. */
export function highlighting(sql: string): Extension {
  const { tokens } = tokenize(sql);
  const parts: { from: number; to: number; look: string }[] = [];
  for (let at = 0; at < tokens.kinds.length; at += 1) {
    const look = LOOKS[tokens.kinds[at]!] ?? ((tokens.keywords[at] ?? '') === '' ? null : 'word');
    const [from, to] = [tokens.starts[at]!, tokens.ends[at]!];
    if (look !== null && from < to) parts.push({ from, to, look });
  }
  for (const { start, end } of commentsIn(tokens)) parts.push({ from: start, to: end, look: 'comment' });
  const ranges = new RangeSetBuilder<Decoration>();
  for (const { from, to, look } of parts.toSorted((one, other) => one.from - other.from)) {
    ranges.add(from, to, Decoration.mark({ class: `sql-${look}` }));
  }
  return EditorView.decorations.of(ranges.finish());
}

const LOOKS: Readonly<Record<string, string>> = { string: 'string', number: 'number' };
