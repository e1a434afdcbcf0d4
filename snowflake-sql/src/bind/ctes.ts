import type { BoundColumn, BoundCte, BoundQuery } from '../bound/index.ts';
import type { Cte } from '../tree/query.ts';
import { type Binder, nextCte, visit } from './binder.ts';
import { mentionsTable } from './mentions.ts';
import { Unresolvable } from '../problem.ts';
import { bindQuery } from './queries.ts';
import type { Ctes, Scope } from './scope.ts';

/** Binds a common table expression and makes its name visible to the following ones. */
export function bindCte(
  binder: Binder,
  parent: Scope | null,
  known: Ctes,
  node: Cte,
  recursive: boolean,
): BoundCte {
  visit(binder, node);
  const { name } = node.name;
  const isRecursive = mentionsTable(node.query, name) && isItself(node, recursive);
  if (isRecursive) return bindRecursive(binder, parent, known, node);
  const query = bindQuery(binder, parent, known, node.query);
  const cte = {
    id: nextCte(binder),
    name,
    columns: namedColumns(node, query.columns),
    recursive: false,
    query,
  };
  known.known.set(name, cte);
  return cte;
}

/** Without RECURSIVE, readers disagree on whether the name refers to the expression itself or to a table. */
function isItself(node: Cte, recursive: boolean): boolean {
  if (!recursive && node.query.body.kind === 'set_operation') {
    throw new Unresolvable(
      'ambiguous',
      `\`${node.name.name}\` refers to itself; write WITH RECURSIVE, or rename it`,
      node,
    );
  }
  return recursive;
}

function bindRecursive(binder: Binder, parent: Scope | null, known: Ctes, node: Cte): BoundCte {
  const { name } = node.name;
  if (node.query.body.kind !== 'set_operation')
    throw new Unresolvable('unsupported', `the recursive query \`${name}\` has no anchor`, node.query);
  // The anchor's columns must be known before the recursive part, which refers to them, is bound.
  const cte: { -readonly [Key in keyof BoundCte]: BoundCte[Key] } = {
    id: nextCte(binder),
    name,
    columns: [],
    recursive: true,
    query: undefined as unknown as BoundQuery,
  };
  cte.query = bindQuery(binder, parent, known, node.query, (columns) => {
    cte.columns = namedColumns(node, columns);
    known.known.set(name, cte);
  });
  return cte;
}

function namedColumns(node: Cte, columns: readonly BoundColumn[]): readonly BoundColumn[] {
  if (node.columns.length > columns.length) {
    throw new Unresolvable(
      'column_unknown',
      `\`${node.name.name}\` lists more columns than its query returns`,
      node,
    );
  }
  return columns.map((column, index) => {
    const given = node.columns[index];
    return given === undefined ? column : { name: given.name, named: true };
  });
}
