import type { SourceRange } from '../source-range.ts';
import type { AnyNode } from '../tree/any-node.ts';
import type { FlowResult } from '../tree/query.ts';
import type { Statement } from '../tree/statements.ts';
import { visit } from '../tree/walk.ts';

/** A variable of a script, as it stands in the text of a statement. `plain`: where nothing but a bind may stand, as in IDENTIFIER(:x). */
export type VariableText = (names: readonly string[], plain: boolean, node: AnyNode) => string | null;

/**
 * The text of a part of a script as that of a statement by itself, in which its variables are what `variable` says of them;
 * null of it leaves a name as it is.
 *
 * @param where - in `sql`, a variable is written `:x`; in an `expression` of the script, it is written `x`, and so it is in no
 *   query within, where that would be a column.
 * @param leftOut - a part of it that the text is without.
 * @param step - what the result of an earlier step is read as; null leaves it as it is.
 */
export function statementText(
  source: string,
  node: AnyNode,
  where: 'sql' | 'expression',
  variable: VariableText,
  leftOut: SourceRange | null = null,
  step: (result: FlowResult) => string | null = () => null,
): string {
  const edits: Edit[] = leftOut === null ? [] : [{ ...leftOut, text: '' }];
  const replace = (at: AnyNode, names: readonly string[], plain = false) => {
    const text = variable(names, plain, at);
    const isLeftOut = leftOut !== null && leftOut.start <= at.start && at.end <= leftOut.end;
    if (text !== null && !isLeftOut) edits.push({ start: at.start, end: at.end, text });
  };
  let queries = 0;
  visit(
    node,
    {
      query: () => void (queries += 1),
      embedded: () => 'skip',
      dynamic_name({ argument }) {
        if (argument.kind === 'bind') replace(argument, [argument.name], true);
        return 'skip';
      },
      bind: (bind) => replace(bind, [bind.name]),
      // Its alias and its sample stay.
      flow_result(result) {
        const text = step(result);
        const end = result.start + `$${result.index}`.length;
        if (text !== null) edits.push({ start: result.start, end, text });
      },
      column(column) {
        if (where === 'expression' && queries === 0 && !column.publicSchema)
          replace(
            column,
            column.parts.map(({ name }) => name),
          );
      },
    },
    { query: () => void (queries -= 1) },
  );
  edits.sort((a, b) => a.start - b.start);
  let text = '';
  let at = node.start;
  for (const edit of edits) {
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at, node.end);
}

interface Edit extends SourceRange {
  readonly text: string;
}

/** `SELECT ... INTO :a, :b FROM ...` without its INTO, and the names after it; null for any other statement. */
export function intoOf(
  source: string,
  statement: Statement,
): { readonly names: readonly string[]; readonly range: SourceRange } | null {
  if (statement.kind !== 'query' || statement.body.kind !== 'select') return null;
  const { into } = statement.body;
  const [first] = into;
  if (first === undefined) return null;
  const keyword = /\bINTO\s*$/i.exec(source.slice(statement.start, first.start));
  if (keyword === null) return null;
  return {
    names: into.map((target) => target.name),
    range: { start: statement.start + keyword.index, end: into.at(-1)!.end },
  };
}
