import type { ParseFailure } from './failure.ts';
import type { Refusal } from './grammar/parser.ts';
import { guessKind } from './guess-kind.ts';
import type { Tokens } from './tokens.ts';

/** A refusal as reported to callers: with line and column, and the kind as far as the first words determine it. */
export function reportFailure(
  tokens: Tokens,
  firstToken: number,
  { spot, message, expected }: Pick<Refusal, 'spot' | 'message' | 'expected'>,
): ParseFailure {
  const { text } = tokens;
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < spot.start; at = text.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return {
    outcome: 'refused',
    kind: guessKind(tokens, firstToken),
    range: { start: tokens.starts[firstToken]!, end: text.length },
    spot,
    line,
    column: spot.start - lineStart + 1,
    message,
    expected,
  };
}
