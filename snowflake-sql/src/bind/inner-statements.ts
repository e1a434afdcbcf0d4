import type { AnyNode } from '../tree/any-node.ts';
import { addChildren } from '../tree/children.ts';
import type { Body, Embedded, Statement } from '../tree/statements.ts';

/** The statements of SQL in a literal; null if it cannot be parsed. */
export function embeddedStatements({ content }: Embedded): readonly Statement[] | null {
  return content.kind === 'script' ? content.statements : null;
}

/** The statements of a block that run on the warehouse, wherever they occur: in branches, cursors, handlers, values. */
export function scriptStatements(block: Statement): readonly Statement[] {
  const found: Statement[] = [];
  const waiting: AnyNode[] = [];
  addChildren(block, waiting);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isAnyStatement(node) && STATEMENTS[node.kind] === 'runs') found.push(node);
    else addChildren(node, waiting);
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** Tells expressions from statements by their kinds. */
export function isStatement(body: Exclude<Body, Embedded>): body is Statement {
  return isAnyStatement(body);
}

function isAnyStatement(node: AnyNode): node is Statement {
  return Object.hasOwn(STATEMENTS, node.kind);
}

/** Tells statements that run on the warehouse from control flow. A subquery in an expression counts as a query. */
const STATEMENTS: Readonly<Record<Statement['kind'], 'runs' | 'directs'>> = {
  query: 'runs',
  insert: 'runs',
  multi_insert: 'runs',
  update: 'runs',
  delete: 'runs',
  merge: 'runs',
  truncate: 'runs',
  copy_into_table: 'runs',
  copy_into_location: 'runs',
  copy_files: 'runs',
  put: 'runs',
  get: 'runs',
  list: 'runs',
  remove: 'runs',
  create: 'runs',
  alter: 'runs',
  drop: 'runs',
  undrop: 'runs',
  use: 'runs',
  set_variables: 'runs',
  unset_variables: 'runs',
  show: 'runs',
  describe: 'runs',
  grant: 'runs',
  revoke: 'runs',
  comment: 'runs',
  execute_object: 'runs',
  explain: 'runs',
  flow: 'runs',
  execute_immediate: 'runs',
  execute_immediate_from: 'runs',
  call_statement: 'runs',
  transaction: 'directs',
  block: 'directs',
  let: 'directs',
  assign: 'directs',
  if: 'directs',
  case_statement: 'directs',
  for: 'directs',
  while: 'directs',
  repeat: 'directs',
  loop: 'directs',
  leave: 'directs',
  return: 'directs',
  raise: 'directs',
  open: 'directs',
  fetch: 'directs',
  close: 'directs',
  await: 'directs',
  cancel: 'directs',
  null_statement: 'directs',
  async: 'directs',
};
