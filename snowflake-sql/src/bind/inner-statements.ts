import { addChildren, type AnyNode } from '../children.ts';
import type { Body, Embedded, Statement } from '../tree/statements.ts';

/** The statements of SQL inside a literal; null when it cannot be read. */
export function embeddedStatements({ content }: Embedded): readonly Statement[] | null {
  return content.kind === 'script' ? content.statements : null;
}

/** Statements that run on the warehouse, wherever they stand in a block: in branches, cursors, handlers, values. */
export function scriptStatements(block: Statement): readonly Statement[] {
  const found: Statement[] = [];
  const waiting: AnyNode[] = [];
  addChildren(block, waiting);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (RUNS.has(node.kind)) found.push(node as unknown as Statement);
    else addChildren(node, waiting);
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** A subquery in an expression is a query too, and is found as such. */
const RUNS: ReadonlySet<string> = new Set([
  'query',
  'insert',
  'multi_insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'copy_into_table',
  'copy_into_location',
  'copy_files',
  'put',
  'get',
  'list',
  'remove',
  'create',
  'alter',
  'drop',
  'undrop',
  'use',
  'set_variables',
  'unset_variables',
  'show',
  'describe',
  'grant',
  'revoke',
  'comment',
  'execute_object',
  'explain',
  'flow',
  'execute_immediate',
  'execute_immediate_from',
  'call_statement',
]);

/** Expressions and statements are told apart by their kinds. */
export function isStatement(body: Exclude<Body, Embedded>): body is Statement {
  return RUNS.has(body.kind) || SCRIPTS.has(body.kind);
}

/** What only directs other statements. */
const SCRIPTS: ReadonlySet<string> = new Set(
  `transaction block let assign if case_statement for while repeat loop leave return raise open fetch close await
  cancel null_statement async`.split(/\s+/),
);
