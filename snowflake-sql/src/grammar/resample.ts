import type { Relation, Resample, SelectItem } from '../tree/query.ts';
import { columnReference } from './names.ts';
import { selectItem } from './select-item.ts';
import {
  type Parser,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  expectWords,
  list,
  refuse,
  textOf,
} from './parser.ts';

/** `RESAMPLE (USING c INCREMENT BY ... )` around the relation it follows. */
export function resample(p: Parser, input: Relation, start: number): Resample {
  expectWord(p, 'RESAMPLE');
  expectSymbol(p, '(');
  expectWord(p, 'USING');
  const using = columnReference(p);
  expectWords(p, 'INCREMENT', 'BY');
  const increment = p.grammar.additive(p);
  const partitionBy = eatWords(p, 'PARTITION', 'BY') ? list(p, columnReference) : [];
  const metadata = eatWord(p, 'METADATA_COLUMNS') ? list(p, metadataColumn) : [];
  expectSymbol(p, ')');
  return {
    kind: 'resample',
    start,
    end: endOf(p),
    input,
    using,
    increment,
    partitionBy,
    metadata,
    alias: null,
    sample: null,
  };
}

function metadataColumn(p: Parser): SelectItem {
  const called = textOf(p).toUpperCase();
  if (called !== 'IS_GENERATED' && called !== 'BUCKET_START') refuse(p, '`IS_GENERATED`', '`BUCKET_START`');
  return selectItem(p);
}
