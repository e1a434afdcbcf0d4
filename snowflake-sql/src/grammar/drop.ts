import type { Comment, Drop, Undrop } from '../tree/admin.ts';
import type { Words } from '../tree/names.ts';
import { stringLiteral } from './literals.ts';
import { dynamicName, isDynamicName, qualifiedName, wordsOf } from './names.ts';
import { isClassName, nameAndSignature, objectType } from './object-type.ts';
import { dottedWords, options } from './options.ts';
import { dataType } from './data-type.ts';
import {
  type Parser,
  eatWords,
  endOf,
  expectWord,
  isSymbol,
  isWord,
  optionalItems,
  startOf,
} from './parser.ts';

/** `DROP TABLE [IF EXISTS] t [CASCADE|RESTRICT]`. */
export function drop(p: Parser): Drop {
  const start = startOf(p);
  expectWord(p, 'DROP');
  const flags: Words[] = [];
  const isInstance = isClassName(p);
  if (isInstance) flags.push(dottedWords(p, 1));
  const type = isInstance ? 'instance' : objectType(p);
  const ifExists = eatWords(p, 'IF', 'EXISTS');
  const { name, signature } = nameAndSignature(p, type);
  const forced = type === 'service' ? isWord(p, 'FORCE') : isWord(p, 'CASCADE') || isWord(p, 'RESTRICT');
  if (forced) flags.push(wordsOf(p, 1));
  // DROP ACCOUNT gives the period in which the account can be restored.
  const rest = type === 'account' ? options(p) : [];
  return {
    kind: 'drop',
    start,
    end: endOf(p),
    objectType: type,
    ifExists,
    name,
    signature,
    flags,
    options: rest,
  };
}

/** `UNDROP TABLE t`. */
export function undrop(p: Parser): Undrop {
  const start = startOf(p);
  expectWord(p, 'UNDROP');
  const type = objectType(p);
  const { name, signature } = nameAndSignature(p, type);
  return { kind: 'undrop', start, end: endOf(p), objectType: type, name, signature };
}

/** `COMMENT [IF EXISTS] ON TABLE t IS 'text'`. */
export function comment(p: Parser): Comment {
  const start = startOf(p);
  expectWord(p, 'COMMENT');
  const ifExists = eatWords(p, 'IF', 'EXISTS');
  expectWord(p, 'ON');
  const type = objectType(p);
  const name = isDynamicName(p) ? dynamicName(p) : qualifiedName(p, 4);
  const signature = isSymbol(p, '(') ? optionalItems(p, dataType) : null;
  expectWord(p, 'IS');
  const text = stringLiteral(p);
  return { kind: 'comment', start, end: endOf(p), objectType: type, ifExists, name, signature, text };
}
