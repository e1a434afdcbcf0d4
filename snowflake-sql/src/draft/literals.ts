import type { Tokens } from '../tokens.ts';
import { tokenize } from '../tokenizer.ts';
import type { Embedded, Statement } from '../tree/statements.ts';
import { walk } from '../tree/walk.ts';
import { type DraftBudget, type Problem, problemsIn } from './problems.ts';

/** Mistakes in SQL inside the literals of a correct statement: bodies and EXECUTE IMMEDIATE. */
export function literalProblems(
  statement: Statement,
  { text }: Tokens,
  budget: DraftBudget,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const node of walk(statement)) {
    if (node.kind === 'embedded' && node.content.kind === 'opaque')
      problems.push(...inside(node, text, budget));
  }
  return problems;
}

function inside(
  { literal, verbatim, content }: Embedded,
  text: string,
  budget: DraftBudget,
): readonly Problem[] {
  const failure = content.kind === 'opaque' ? content.failure : null;
  if (failure === null) return [];
  const { message, expected, spot } = failure;
  const first = { range: verbatim ? spot : { start: literal.start, end: literal.end }, message, expected };
  if (!verbatim) return [first];
  const { tokens, problem } = tokenize(literal.value);
  const isBlock = tokens.keywords[0] === 'BEGIN' || tokens.keywords[0] === 'DECLARE';
  if (problem !== null || !isBlock) return [first];
  const moved = (places: readonly number[]) => places.map((place) => place + content.start);
  const placed = { ...tokens, text, starts: moved(tokens.starts), ends: moved(tokens.ends) };
  return problemsIn(placed, 0, tokens.kinds.length - 1, budget);
}
