import type { DdlObjectType } from '../object-types.ts';
import type { AlterAction } from '../tree/ddl.ts';
import type { Alter, ReplaceBody } from '../tree/statements.ts';
import type { Words } from '../tree/names.ts';
import type { Option } from '../tree/options.ts';
import type { Keyword } from '../keywords.ts';
import { otherAction } from './alter-other.ts';
import { counter } from './column.ts';
import { triggers } from './triggers.ts';
import { addAction, alterColumns, dropAction } from './alter-table.ts';
import { eatPolicy, peekPolicy, tagList } from './governance.ts';
import { stringLiteral } from './literals.ts';
import { columnName, objectName, wordsOf } from './names.ts';
import { mostParts, objectType, signature } from './object-type.ts';
import { isOption, option, optionAfter, refuseRepeats } from './options.ts';
import { routineBody } from './routine.ts';
import {
  type Parser,
  areWords,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  isAnyWord,
  isName,
  isSymbol,
  isWord,
  list,
  parenthesizedList,
  refuse,
  startOf,
  word,
} from './parser.ts';

type Action = AlterAction | ReplaceBody;

/** `ALTER type [IF EXISTS] name action`. */
export function alter(p: Parser): Alter {
  const start = startOf(p);
  expectWord(p, 'ALTER');
  const type = objectType(p);
  const ifExists = eatWords(p, 'IF', 'EXISTS');
  const name = alteredName(p, type);
  if (ifExists && name === null) refuse(p, 'a name');
  const others = name !== null && eatSymbol(p, ',') ? list(p, objectName) : [];
  const types = name === null ? null : signature(p, type);
  const actions = action(p, type);
  return {
    kind: 'alter',
    start,
    end: endOf(p),
    objectType: type,
    ifExists,
    name,
    others,
    signature: types,
    actions,
  };
}

/** The name of the altered object. Null for the session and for the current account, user and so on. */
function alteredName(p: Parser, type: DdlObjectType): Alter['name'] {
  if (type === 'session') return null;
  if (isSymbol(p, 'string')) return stringLiteral(p);
  const isAction =
    isWord(p, 'SET') || isWord(p, 'UNSET') || isWord(p, 'ADD') || isWord(p, 'REMOVE') || isWord(p, 'RENAME');
  if (
    (type === 'account' || type === 'user' || type === 'warehouse' || type === 'organization_account') &&
    isAction &&
    !isSymbol(p, '.', 1)
  )
    return null;
  if ((type === 'account' && isWord(p, 'DROP')) || (isWord(p, 'RENAME') && type === 'account')) return null;
  if (type === 'account' && isWord(p, 'ACCOUNT')) refuse(p, 'a name', 'an ALTER action');
  return objectName(p, mostParts(type));
}

function action(p: Parser, type: DdlObjectType): Action[] {
  const mayHaveColumns = type.endsWith('table') || type.endsWith('view');
  switch (word(p)) {
    case 'SET':
      return setAction(p, type);
    case 'UNSET':
      return [unsetAction(p, type)];
    case 'RENAME':
      return isWord(p, 'CONSTRAINT', 1) ? [otherAction(p, type)] : renameActions(p, type);
    case 'SWAP': {
      const start = startOf(p);
      p.at++;
      expectWord(p, 'WITH');
      const name = objectName(p);
      return [{ kind: 'swap_with', start, end: name.end, name }];
    }
    case 'ADD':
      return addAction(p, mayHaveColumns) ?? [otherAction(p, type)];
    case 'DROP':
      return dropAction(p, mayHaveColumns) ?? [otherAction(p, type)];
    case 'ALTER':
    case 'MODIFY':
      return modifyAction(p, mayHaveColumns) ?? [otherAction(p, type)];
    case 'CLUSTER': {
      const start = startOf(p);
      p.at++;
      expectWord(p, 'BY');
      eatWord(p, 'LINEAR');
      const expressions = parenthesizedList(p, p.grammar.expression);
      return [{ kind: 'cluster_by', start, end: endOf(p), expressions }];
    }
    case 'INCREMENT':
      // A sequence takes its increment without SET.
      return type === 'sequence' ? [optionsAction(p, startOf(p))] : [otherAction(p, type)];
    default:
      return [otherAction(p, type)];
  }
}

function optionsAction(p: Parser, start: number): Action {
  const options = setOptions(p);
  refuseRepeats(options);
  return { kind: 'set_options', start, end: endOf(p), options };
}

function setAction(p: Parser, type: DdlObjectType): Action[] {
  const start = startOf(p);
  expectWord(p, 'SET');
  if (isWord(p, 'TAG') && !isSymbol(p, '=', 1)) {
    p.at++;
    const tags = tagList(p);
    return [{ kind: 'set_tags', start, end: endOf(p), tags }];
  }
  if (isWord(p, 'BODY') && isSymbol(p, '->', 1)) {
    p.at += 2;
    const body = p.grammar.expression(p);
    return [{ kind: 'replace_body', start, end: body.end, part: 'body', body }];
  }
  if (peekPolicy(p) !== null) return list(p, attachPolicy);
  const actions: Action[] = [optionsAction(p, start)];
  if (!isWord(p, 'TAG')) return actions;
  const tagStart = startOf(p);
  p.at++;
  const tags = tagList(p);
  actions.push({ kind: 'set_tags', start: tagStart, end: endOf(p), tags });
  // For a stream, tags may occur between the options.
  if (type === 'stream' && isOption(p)) actions.push(optionsAction(p, startOf(p)));
  return actions;
}

function attachPolicy(p: Parser): AlterAction {
  const start = startOf(p);
  const policy = eatPolicy(p) ?? refuse(p, 'a policy');
  const force = eatWord(p, 'FORCE');
  return { kind: 'attach_policy', start, end: endOf(p), policy, force };
}

/** `A = 1, B = 2`, `COMMENT 'x'`, and flags without a value: `SECURE`. */
function setOptions(p: Parser): Option[] {
  if (eatSymbol(p, '(')) {
    const inner = setOptions(p);
    expectSymbol(p, ')');
    return inner;
  }
  const found = setOption(p);
  while (eatSymbol(p, ',') || (isAnyWord(p) && !isWord(p, 'TAG'))) found.push(...setOption(p));
  return found;
}

function setOption(p: Parser): Option[] {
  if (isWord(p, 'CONTACT') && isOption(p, 1)) p.at++;
  if (isOption(p)) return [option(p)];
  if (isWord(p, 'TRIGGERS')) return triggers(p);
  if (isWord(p, 'INCREMENT')) return [counter(p, 'BY')];
  for (const phrase of SET_PHRASES) {
    if (areWords(p, ...phrase)) return [optionAfter(p, wordsOf(p, phrase.length))];
  }
  if (areWords(p, 'DEFAULT', 'RELEASE', 'DIRECTIVE')) p.at += 3;
  if (isOption(p)) return [option(p)];
  if (!SET_FLAGS.some((flag) => isWord(p, flag))) refuse(p, 'an option');
  const name = wordsOf(p, 1);
  return [{ kind: 'option', start: name.start, end: name.end, name, value: null }];
}

/** Options written without an equals sign. */
const SET_PHRASES: readonly (readonly Keyword[])[] = [
  ['EXECUTE', 'AS', 'USER'],
  ['EXECUTE', 'AS'],
  ['USE', 'SECONDARY', 'ROLES'],
  ['COMMENT'],
  ['CONTACT'],
  ['ALLOWED_VALUES'],
  ['SEARCH', 'OPTIMIZATION'],
];

/** Options without a value. */
const SET_FLAGS = ['SECURE', 'ORDER', 'NOORDER', 'FORCE'] as const;

function unsetAction(p: Parser, type: DdlObjectType): Action {
  const start = startOf(p);
  expectWord(p, 'UNSET');
  if (isWord(p, 'TAG') && isName(p, 1)) {
    p.at++;
    const tags = list(p, objectName);
    return { kind: 'unset_tags', start, end: endOf(p), tags };
  }
  const found = peekPolicy(p);
  if (found !== null) {
    const first = startOf(p);
    p.at += found.words.length;
    // A tag may have several policies, one for each data type; other objects have one.
    const name = type === 'tag' ? objectName(p) : null;
    const policy = {
      kind: 'policy_reference',
      start: first,
      end: endOf(p),
      policy: found.policy,
      name,
      columns: [],
    } as const;
    return { kind: 'detach_policy', start, end: endOf(p), policy, all: false };
  }
  const names = [unsetName(p)];
  // The options of a policy may be listed without commas.
  while (eatSymbol(p, ',') || (type.endsWith('policy') && isAnyWord(p))) names.push(unsetName(p));
  refuseRepeats(names);
  return { kind: 'unset_options', start, end: endOf(p), names };
}

/** The name of an option, which is never a reserved word or the first word of another action. */
function unsetName(p: Parser): Words {
  for (const phrase of UNSET_PHRASES) if (areWords(p, ...phrase)) return wordsOf(p, phrase.length);
  if (isWord(p, 'CONTACT') && isName(p, 1)) return wordsOf(p, 2);
  const isAction = isWord(p, 'RENAME') || isWord(p, 'UNSET') || isWord(p, 'ADD') || isWord(p, 'SWAP');
  if (!isAnyWord(p) || !isName(p) || isAction) refuse(p, 'an option name');
  return wordsOf(p, 1);
}

/** Option names of more than one word. */
const UNSET_PHRASES: readonly (readonly Keyword[])[] = [
  ['DCM', 'PROJECT'],
  ['DEFAULT', 'RELEASE', 'DIRECTIVE'],
  ['EXECUTE', 'AS', 'USER'],
  ['FROZEN', 'WHERE'],
];

/** A rename; an account may keep its old URL: `RENAME TO b SAVE_OLD_URL = TRUE`. */
function renameActions(p: Parser, type: DdlObjectType): Action[] {
  const renamed = renameAction(p);
  return type.endsWith('account') && isOption(p) ? [renamed, optionsAction(p, startOf(p))] : [renamed];
}

function renameAction(p: Parser): Action {
  const start = startOf(p);
  expectWord(p, 'RENAME');
  if (eatWord(p, 'COLUMN')) {
    eatWords(p, 'IF', 'EXISTS');
    const from = columnName(p);
    expectWord(p, 'TO');
    const to = columnName(p);
    return { kind: 'rename_column', start, end: to.end, from, to };
  }
  expectWord(p, 'TO');
  const name = objectName(p);
  return { kind: 'rename_to', start, end: name.end, name };
}

/** `MODIFY AS ...`, `MODIFY WHEN ...`, `MODIFY CONDITION EXISTS (...)`, `MODIFY COLUMN ...`. */
function modifyAction(p: Parser, mayHaveColumns: boolean): Action[] | null {
  const start = startOf(p);
  if (isWord(p, 'MODIFY') && (isWord(p, 'AS', 1) || isWord(p, 'ACTION', 1))) {
    p.at += 2;
    const body =
      isSymbol(p, 'string') || isSymbol(p, 'dollars')
        ? routineBody(p, 'SQL', 'statements')
        : p.grammar.statement(p);
    return [{ kind: 'replace_body', start, end: body.end, part: 'body', body }];
  }
  if (areWords(p, 'MODIFY', 'WHEN') || areWords(p, 'MODIFY', 'CONDITION')) {
    const ofAlert = isWord(p, 'CONDITION', 1);
    p.at += 2;
    if (ofAlert && !isWord(p, 'EXISTS')) refuse(p, '`EXISTS`');
    const body = p.grammar.expression(p);
    return [{ kind: 'replace_body', start, end: body.end, part: 'condition', body }];
  }
  return mayHaveColumns ? alterColumns(p) : null;
}
