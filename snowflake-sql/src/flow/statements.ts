import type { BoundInnerStatement, BoundStatement } from '../bound/index.ts';
import type { Written } from './accounting.ts';
import { alterFlow, createFlow, setFlow } from './definitions.ts';
import { usedTells } from './expressions.ts';
import { queryFlow } from './queries.ts';
import type { Flow, RelationFlow } from './state.ts';
import type { Tells } from './tells.ts';
import {
  deleteFlow,
  filesFlow,
  insertFlow,
  loadFlow,
  mergeFlow,
  multiInsertFlow,
  unloadFlow,
  updateFlow,
} from './writes.ts';

/** What a statement reveals, and what it writes where. */
export interface StatementFlow {
  readonly tells: Tells;
  readonly written: readonly Written[];
  /** The result of a query, and what an unload puts into files. */
  readonly result?: RelationFlow;
}

export function statementFlow(flow: Flow, statement: BoundStatement): StatementFlow {
  switch (statement.kind) {
    case 'query': {
      const result = queryFlow(flow, statement);
      return { tells: result.rows, written: [], result };
    }
    case 'insert':
      return insertFlow(flow, statement);
    case 'multi_insert':
      return multiInsertFlow(flow, statement);
    case 'update':
      return updateFlow(flow, statement);
    case 'delete':
      return deleteFlow(flow, statement);
    case 'merge':
      return mergeFlow(flow, statement);
    case 'truncate':
      return { tells: null, written: [] };
    case 'unload':
      return unloadFlow(flow, statement);
    case 'load':
      return loadFlow(flow, statement);
    case 'files':
      return filesFlow(flow, statement);
    case 'create':
      return createFlow(flow, statement);
    case 'alter':
      return alterFlow(flow, statement);
    case 'set':
      return setFlow(flow, statement);
    case 'inner':
      return { tells: usedTells(flow, statement.using, 'argument'), written: [] };
    case 'other':
      return { tells: usedTells(flow, statement.arguments, 'argument'), written: [] };
    default:
      return statement satisfies never;
  }
}

/** The statements inside another one, in order. */
export function innerStatements(statement: BoundStatement): readonly BoundInnerStatement[] {
  switch (statement.kind) {
    case 'create':
    case 'alter':
    case 'inner':
    case 'other':
      return statement.inner;
    case 'query':
    case 'insert':
    case 'multi_insert':
    case 'update':
    case 'delete':
    case 'merge':
    case 'truncate':
    case 'unload':
    case 'load':
    case 'files':
    case 'set':
      return [];
    default:
      return statement satisfies never;
  }
}

/** UPDATE or DELETE with no predicate at all. */
export function hasNoWhere(statement: BoundStatement): boolean {
  switch (statement.kind) {
    case 'update':
      return statement.where === null;
    case 'delete':
      return statement.where === null && statement.using === null;
    case 'truncate':
      return true;
    default:
      return false;
  }
}
