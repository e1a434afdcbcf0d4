import { type StatementKind, type StatementName, kindNamed } from './kinds.ts';
import type { QueryBody } from './tree/query.ts';
import type { Statement } from './tree/statements.ts';

/** The kind of the statement that a tree represents. */
export function kindOf(statement: Statement): StatementKind {
  return kindNamed(nameOf(statement));
}

function nameOf(statement: Statement): StatementName {
  switch (statement.kind) {
    case 'query':
      return queryName(statement.body);
    case 'multi_insert':
      return 'insert_all';
    case 'truncate':
      return statement.objectType === 'table' ? 'truncate_table' : 'truncate_materialized_view';
    case 'call_statement':
      return 'call';
    case 'execute_immediate_from':
      return 'execute_immediate';
    case 'set_variables':
      return 'set';
    case 'unset_variables':
      return 'unset';
    case 'transaction':
      return statement.action;
    case 'use':
      return `use_${statement.what}`;
    case 'execute_object':
      return `execute_${statement.what}`;
    case 'create':
    case 'alter':
    case 'drop':
    case 'undrop':
      return `${statement.kind}_${statement.objectType}`;
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
    case 'copy_into_table':
    case 'copy_into_location':
    case 'copy_files':
    case 'put':
    case 'get':
    case 'list':
    case 'remove':
    case 'execute_immediate':
    case 'block':
    case 'flow':
    case 'explain':
    case 'show':
    case 'describe':
    case 'grant':
    case 'revoke':
    case 'comment':
      return statement.kind;
    case 'let':
    case 'assign':
    case 'if':
    case 'case_statement':
    case 'for':
    case 'while':
    case 'repeat':
    case 'loop':
    case 'leave':
    case 'return':
    case 'raise':
    case 'open':
    case 'fetch':
    case 'close':
    case 'await':
    case 'cancel':
    case 'null_statement':
    case 'async':
      return 'script_statement';
    default:
      return statement satisfies never;
  }
}

function queryName(body: QueryBody): StatementName {
  switch (body.kind) {
    case 'select':
      return 'select';
    case 'values':
      return 'values';
    case 'set_operation':
      return 'set_operation';
    case 'paren_query':
      return queryName(body.query.body);
    default:
      return body satisfies never;
  }
}
