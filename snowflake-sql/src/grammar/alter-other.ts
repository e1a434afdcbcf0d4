import type { DdlObjectType } from '../object-types.ts';
import type { OtherAction } from '../tree/ddl.ts';
import type { Keyword } from '../keywords.ts';
import { type Piece, type Slot, formsOf, hasOpenActions } from './alter-forms.ts';
import { constraintFlags } from './constraint.ts';
import { stringLiteral } from './literals.ts';
import { objectName, wordsOf } from './names.ts';
import { isOption, option, optionList, optionValue, options } from './options.ts';
import {
  type Parser,
  Refusal,
  eatSymbol,
  endOf,
  expectWord,
  isAnyWord,
  isName,
  isSymbol,
  isWord,
  refuse,
  refuseBecause,
  startOf,
  textOf,
  textOfToken,
} from './parser.ts';

type Part = OtherAction['parts'][number];

/** An action without a node of its own: `RESUME IF SUSPENDED`, `ADD FILES ('a')`, ... */
export function otherAction(p: Parser, type: DdlObjectType): OtherAction {
  const start = startOf(p);
  if (hasOpenActions(type)) return openAction(p, start);
  const form = formHere(p, formsOf(type) ?? []);
  const verb = wordsOf(p, 1);
  const parts: Part[] = [];
  takePieces(p, form.slice(1), parts);
  return { kind: 'other_action', start, end: endOf(p), verb, parts };
}

/** The form with the most leading keywords that match here. Refuses at the first word that matches no form. */
function formHere(p: Parser, forms: readonly (readonly Piece[])[]): readonly Piece[] {
  let best: readonly Piece[] | null = null;
  let bestWords = 0;
  let furthest = 0;
  const expected = new Set<string>();
  for (const form of forms) {
    const { words, missing } = leadingWords(p, form);
    if (words > furthest) expected.clear();
    furthest = Math.max(furthest, words);
    if (missing === null) {
      if (words > bestWords) [best, bestWords] = [form, words];
    } else if (words === furthest) for (const each of missing) expected.add(`\`${each}\``);
  }
  if (best !== null) return best;
  if (furthest === 0) return refuse(p, 'an ALTER action');
  p.at += furthest;
  return refuse(p, ...expected);
}

/** How many of a form's leading keywords match here, and the keywords expected next if not all of them do. */
function leadingWords(
  p: Parser,
  form: readonly Piece[],
): { words: number; missing: readonly string[] | null } {
  let words = 0;
  for (const piece of form) {
    if (piece.kind !== 'words') break;
    if (!isOneOf(p, piece.any, words)) return { words, missing: piece.any };
    words++;
  }
  return { words, missing: null };
}

function isOneOf(p: Parser, any: readonly string[], ahead = 0): boolean {
  return isAnyWord(p, ahead) && any.includes(textOfToken(p, ahead).toUpperCase());
}

function takePieces(p: Parser, pieces: readonly Piece[], parts: Part[]): void {
  for (const piece of pieces) {
    if (piece.kind === 'optional') {
      if (startsPiece(p, piece.pieces[0]!)) takePieces(p, piece.pieces, parts);
    } else if (piece.kind === 'slot') takeSlot(p, piece.slot, parts);
    else {
      if (!isOneOf(p, piece.any)) refuse(p, ...piece.any.map((each) => `\`${each}\``));
      parts.push(wordsOf(p, 1));
    }
  }
}

function startsPiece(p: Parser, piece: Piece): boolean {
  if (piece.kind === 'optional') return startsPiece(p, piece.pieces[0]!);
  if (piece.kind === 'words') return isOneOf(p, piece.any);
  switch (piece.slot) {
    case 'options':
      return isOption(p);
    case 'list':
      return isSymbol(p, '(');
    case 'string':
      return isSymbol(p, 'string');
    case 'flags':
      return isAnyWord(p);
    case 'name':
    case 'names':
    case 'values':
    case 'calls':
    case 'metrics':
    case 'condition':
      return true;
    default:
      return piece.slot satisfies never;
  }
}

function takeSlot(p: Parser, slot: Slot, parts: Part[]): void {
  switch (slot) {
    case 'name':
      parts.push(isSymbol(p, 'string') ? stringLiteral(p) : objectName(p));
      return;
    case 'names':
      do parts.push(objectName(p));
      while (eatSymbol(p, ','));
      return;
    case 'string':
      parts.push(stringLiteral(p));
      return;
    case 'values':
      do parts.push(optionValue(p));
      while (eatSymbol(p, ','));
      return;
    case 'calls':
      do parts.push(methodCall(p));
      while (eatSymbol(p, ','));
      return;
    case 'list':
      parts.push(optionList(p, '(', ')'));
      return;
    case 'options':
      if (!isOption(p)) refuse(p, 'an option');
      parts.push(...options(p));
      return;
    case 'flags':
      parts.push(...constraintFlags(p));
      return;
    case 'metrics':
      do {
        parts.push(objectName(p));
        if (!isWord(p, 'ON')) expectWord(p, 'ON');
        parts.push(wordsOf(p, 1), optionList(p, '(', ')'));
      } while (eatSymbol(p, ','));
      return;
    case 'condition':
      parts.push(p.grammar.expression(p));
      return;
    default:
      return slot satisfies never;
  }
}

/** `EQUALITY(a, b)`. */
function methodCall(p: Parser): Part {
  const value = optionValue(p);
  if (value.kind === 'call' && value.arguments.length > 0) return value;
  throw new Refusal(value, 'expected a search method with its columns', []);
}

/** A listed verb, followed by options and values up to the end. */
function openAction(p: Parser, start: number): OtherAction {
  if (!OPEN_VERBS.some((verb) => isWord(p, verb))) refuse(p, 'an ALTER action');
  const verb = wordsOf(p, 1);
  const parts: Part[] = [];
  while (!endsAction(p)) {
    if (isSymbol(p, ',')) p.at++;
    if (isAnyWord(p) && textOf(p) === textOfToken(p, -1)) refuseBecause(p, 'this word is repeated');
    if (isOption(p)) parts.push(option(p));
    else parts.push(isBareWord(p) ? wordsOf(p, 1) : optionValue(p));
  }
  return { kind: 'other_action', start, end: endOf(p), verb, parts };
}

/** Whether a word is next that is part of neither a name nor a call. */
function isBareWord(p: Parser): boolean {
  return isAnyWord(p) && !isName(p) && !isSymbol(p, '.', 1) && !isSymbol(p, '(', 1);
}

function endsAction(p: Parser): boolean {
  return isSymbol(p, ';') || isSymbol(p, 'end') || isSymbol(p, '->>') || isSymbol(p, ')');
}

const OPEN_VERBS: readonly Keyword[] = [
  'ABORT',
  'ADD',
  'ALTER',
  'AS',
  'BUILD',
  'CANCEL',
  'COMMIT',
  'DEPLOY',
  'DEREGISTER',
  'DISABLE',
  'DROP',
  'ENABLE',
  'EXECUTE',
  'FETCH',
  'FORCE',
  'FROM',
  'INSTALL',
  'INVOKE',
  'MODIFY',
  'PAUSE',
  'PUBLISH',
  'PULL',
  'PUSH',
  'REFRESH',
  'REGISTER',
  'REMOVE',
  'RESET',
  'RESTORE',
  'RESUME',
  'RETRY',
  'RUN',
  'START',
  'STOP',
  'SUSPEND',
  'UNPUBLISH',
  'UPGRADE',
  'UPLOAD',
  'VERSION',
];
