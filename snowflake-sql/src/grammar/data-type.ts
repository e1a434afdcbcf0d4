import type { DataType, Identifier, NumberLiteral, TypeField } from '../tree/names.ts';
import { anyIdentifier } from './names.ts';
import { numberLiteral } from './literals.ts';
import {
  type Parser,
  descend,
  eatOneOf,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWords,
  isName,
  isSymbol,
  isWord,
  refuse,
  startOf,
  symbol,
  takeAnyWord,
  textOf,
} from './parser.ts';

/** A data type, including structured types and types of several words. */
export function dataType(p: Parser): DataType {
  const start = startOf(p);
  // `PRIMARY KEY` or a policy without its first word must not be read as a column with a user-defined type.
  if (!isName(p) || isWord(p, 'KEY') || isWord(p, 'POLICY')) refuse(p, 'a type');
  const parameters: NumberLiteral[] = [];
  const fields: TypeField[] = [];
  const name = isWord(p, 'INTERVAL') ? intervalType(p, parameters) : typeName(p);
  descend(p);
  if (isSymbol(p, '(')) typeArguments(p, name, parameters, fields);
  p.depth--;
  return { kind: 'data_type', start, end: endOf(p), name: name + zone(p, name), parameters, fields };
}

function typeName(p: Parser): string {
  if (symbol(p) === 'quoted') return userType(p, anyIdentifier(p).name);
  const first = takeAnyWord(p);
  switch (first) {
    case 'DOUBLE':
      return eatWord(p, 'PRECISION') ? 'DOUBLE PRECISION' : first;
    case 'CHAR':
    case 'CHARACTER':
    case 'NCHAR':
    case 'BINARY':
      return eatWord(p, 'VARYING') ? `${first} VARYING` : first;
    default:
      return userType(p, first);
  }
}

/** `db.schema.type`. */
function userType(p: Parser, first: string): string {
  let name = first;
  while (eatSymbol(p, '.')) name += `.${anyIdentifier(p).name}`;
  return name;
}

function typeArguments(p: Parser, name: string, parameters: NumberLiteral[], fields: TypeField[]): void {
  expectSymbol(p, '(');
  if (eatSymbol(p, ')')) return;
  do {
    if (isSymbol(p, 'number')) parameters.push(numberLiteral(p));
    else fields.push(typeField(p, name === 'OBJECT'));
  } while (eatSymbol(p, ','));
  expectSymbol(p, ')');
}

function typeField(p: Parser, named: boolean): TypeField {
  const start = startOf(p);
  const name = named ? fieldName(p) : null;
  const type = dataType(p);
  const nullable = !eatWords(p, 'NOT', 'NULL');
  return { kind: 'type_field', start, end: endOf(p), name, type, nullable };
}

/** Keys of an OBJECT are in the case that they are written in, with quotes or without. */
function fieldName(p: Parser): Identifier {
  const written = textOf(p);
  const identifier = anyIdentifier(p);
  return identifier.quoted ? identifier : { ...identifier, name: written };
}

/** `WITH TIME ZONE` and similar phrases, after a timestamp's precision. */
function zone(p: Parser, name: string): string {
  if (name !== 'TIMESTAMP' && name !== 'TIME') return '';
  if (eatWords(p, 'WITH', 'TIME', 'ZONE')) return ' WITH TIME ZONE';
  if (eatWords(p, 'WITH', 'LOCAL', 'TIME', 'ZONE')) return ' WITH LOCAL TIME ZONE';
  if (eatWords(p, 'WITHOUT', 'TIME', 'ZONE')) return ' WITHOUT TIME ZONE';
  return '';
}

/** `INTERVAL YEAR TO MONTH`, `INTERVAL DAY(3) TO SECOND(6)`. */
function intervalType(p: Parser, parameters: NumberLiteral[]): string {
  p.at++;
  const from = intervalUnit(p, parameters);
  if (!isWord(p, 'TO')) return `INTERVAL ${from}`;
  expectWords(p, 'TO');
  return `INTERVAL ${from} TO ${intervalUnit(p, parameters)}`;
}

function intervalUnit(p: Parser, parameters: NumberLiteral[]): string {
  const unit = eatOneOf(p, 'YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND') ?? refuse(p, 'a time unit');
  if (eatSymbol(p, '(')) {
    parameters.push(numberLiteral(p));
    expectSymbol(p, ')');
  }
  return unit;
}
