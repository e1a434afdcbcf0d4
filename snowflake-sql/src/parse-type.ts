import { dataType } from './grammar/data-type.ts';
import { isSymbol, Refusal } from './grammar/parser.ts';
import { parserOf } from './grammar/start.ts';
import { tokenize } from './tokenizer.ts';
import type { DataType } from './tree/names.ts';

/** A type by itself, as a catalog has it of a column: `OBJECT(a NUMBER(38,0) NOT NULL)`. Null for what is none. Never throws. */
export function parseType(source: string): DataType | null {
  const { tokens, problem } = tokenize(source);
  if (problem !== null) return null;
  const p = parserOf(tokens);
  try {
    const type = dataType(p);
    return isSymbol(p, 'end') ? type : null;
  } catch (thrown) {
    if (thrown instanceof Refusal) return null;
    throw thrown;
  }
}
