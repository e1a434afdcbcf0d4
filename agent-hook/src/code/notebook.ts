import type { Finding } from '../finding.ts';
import { firstOf } from '../first-of.ts';
import { inside, type Looking, type Scope } from '../looking.ts';

/** A cell of a notebook that is run, and not read. */
export interface CodeCell {
  readonly id: string | null;
  readonly source: string;
}

/** The cells of a notebook that are programs; null for a text that is no notebook. */
export function codeCellsIn(text: string): readonly CodeCell[] | null {
  let cells: unknown;
  try {
    ({ cells } = Object(JSON.parse(text)) as { readonly cells?: unknown });
  } catch {
    return null;
  }
  if (!Array.isArray(cells)) return null;
  return cells.flatMap((cell: unknown) => {
    const { cell_type: kind = 'code', source, id } = Object(cell) as Readonly<Record<string, unknown>>;
    const text_ = Array.isArray(source) ? source.join('') : source;
    if (kind !== 'code' || typeof text_ !== 'string') return [];
    return [{ id: typeof id === 'string' ? id : null, source: text_ }];
  });
}

/** A program as its file has it: the cells of a notebook, the chunks of a document that is rendered, or the whole text. */
export function judgeSource(path: string, text: string, looking: Looking, scope: Scope): Finding | null {
  const cells = /\.(?:[qr]md|rnw)$/i.test(path) ? chunksIn(text) : codeCellsIn(text);
  return cells === null ? looking.code(text, scope) : judgeCells(cells, looking, scope);
}

/** What is run when the document is rendered. */
function chunksIn(text: string): readonly CodeCell[] {
  return Array.from(
    text.matchAll(/^```+[ \t]*\{(\w+)[^\n]*\n([\s\S]*?)^```/gm),
    ([, language = '', source = '']) => ({
      id: null,
      source: /^(?:bash|sh|zsh)$/.test(language) ? `%%bash\n${source}` : source,
    }),
  );
}

/** Cells in order: what one uses, one before it has imported. `%%bash` makes a cell a text for a shell. */
export function judgeCells(cells: readonly CodeCell[], looking: Looking, scope: Scope): Finding | null {
  const shells = cells.flatMap(({ source }) => SHELL_CELL.exec(source)?.[1] ?? []);
  return (
    firstOf(shells, (text) => looking.shell(text, inside(scope))) ??
    looking.code(
      cells
        .map(({ source }) => source)
        .filter((source) => !SHELL_CELL.test(source))
        .join('\n'),
      scope,
    )
  );
}

const SHELL_CELL = /^\s*%%(?:bash|sh|zsh|system|sx|!|script\s+\w*sh)\b[^\n]*\n([\s\S]*)$/;

/** Lines that a notebook gives to a shell: `!cmd`, `%sx cmd`. */
export function shellLinesIn(code: string): readonly string[] {
  return Array.from(
    code.matchAll(/^[ \t]*(?:\w+\s{0,4}=\s{0,4})?(?:!{1,2}|%(?:sx|system|bash|sh)\s)[ \t]*(\S[^\n]*)/gm),
    ([, command = '']) => command,
  ).slice(0, 100);
}
