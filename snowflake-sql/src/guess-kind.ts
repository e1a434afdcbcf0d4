import { type StatementKind, type StatementName, kindNamed } from './kinds.ts';
import { OBJECT_TYPES, underscored } from './object-types.ts';
import type { Tokens } from './tokens.ts';

/** The kind of a statement according to its first words; for reports on refused statements. */
export function guessKind(tokens: Tokens, first: number): StatementKind {
  return kindNamed(guess(tokens, first));
}

function guess({ kinds, keywords }: Tokens, first: number): StatementName {
  let at = first;
  while (kinds[at] === '(') at++;
  const verb: string = keywords[at] ?? '';
  const next: string = keywords[at + 1] ?? '';
  switch (verb) {
    case 'CREATE':
    case 'DEFINE':
      return typed('create', keywords, at + 1);
    case 'ALTER':
      return typed('alter', keywords, at + 1);
    case 'DROP':
      return typed('drop', keywords, at + 1);
    case 'UNDROP':
      return typed('undrop', keywords, at + 1);
    case 'INSERT':
      return next === 'ALL' || next === 'FIRST' ? 'insert_all' : 'insert';
    case 'COPY':
      if (next === 'FILES') return 'copy_files';
      return kinds[at + 2] === 'stage' || kinds[at + 2] === 'string'
        ? 'copy_into_location'
        : 'copy_into_table';
    case 'EXECUTE':
      return next === 'TASK' ? 'execute_task' : next === 'ALERT' ? 'execute_alert' : 'execute_immediate';
    case 'BEGIN':
      return next === 'TRANSACTION' || next === 'WORK' ? 'begin' : 'block';
    case 'USE':
      return next === 'ROLE' ? 'use_role' : next === 'WAREHOUSE' ? 'use_warehouse' : 'use_database';
    default:
      return VERBS[verb] ?? 'unknown';
  }
}

const VERBS: Readonly<Record<string, StatementName>> = {
  SELECT: 'select',
  WITH: 'select',
  VALUES: 'values',
  UPDATE: 'update',
  DELETE: 'delete',
  MERGE: 'merge',
  TRUNCATE: 'truncate_table',
  PUT: 'put',
  GET: 'get',
  LIST: 'list',
  LS: 'list',
  REMOVE: 'remove',
  RM: 'remove',
  CALL: 'call',
  DECLARE: 'block',
  EXCEPTION: 'block',
  LET: 'script_statement',
  IF: 'script_statement',
  FOR: 'script_statement',
  WHILE: 'script_statement',
  LOOP: 'script_statement',
  REPEAT: 'script_statement',
  RETURN: 'script_statement',
  COMMENT: 'comment',
  SET: 'set',
  UNSET: 'unset',
  START: 'begin',
  COMMIT: 'commit',
  ROLLBACK: 'rollback',
  SHOW: 'show',
  DESCRIBE: 'describe',
  DESC: 'describe',
  EXPLAIN: 'explain',
  GRANT: 'grant',
  REVOKE: 'revoke',
};

/** The longest type of object that the words at this point spell, after modifiers such as SECURE. */
function typed(
  verb: 'create' | 'alter' | 'drop' | 'undrop',
  keywords: Tokens['keywords'],
  from: number,
): StatementName {
  for (let at = from; at < from + 6 && keywords[at] !== undefined; at++) {
    let longest = '';
    for (const type of OBJECT_TYPES) {
      const words = type.toUpperCase().split(' ');
      if (type.length > longest.length && words.every((each, i) => keywords[at + i] === each)) longest = type;
    }
    if (longest !== '') return `${verb}_${underscored(longest)}`;
  }
  return 'unknown';
}
