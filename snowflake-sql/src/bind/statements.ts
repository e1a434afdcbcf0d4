import type { BoundInner, BoundInnerStatement, BoundStatement } from '../bound/index.ts';
import type { Expression } from '../tree/query.ts';
import type { Alter, Body, Embedded, Statement } from '../tree/statements.ts';
import { bindAdmin } from './admin.ts';
import { type Binder, leave, newNoted, noteOpaque, opaque, placeOf, visit } from './binder.ts';
import { bindCopy } from './copies.ts';
import { bindAlter, bindCreate, noteDdlObject } from './ddl.ts';
import { bindDml } from './dml.ts';
import { bindExpression } from './expressions.ts';
import { bindTree } from './bind.ts';
import { embeddedStatements, isStatement, scriptStatements } from './inner-statements.ts';
import { bindQuery } from './queries.ts';
import { newScope, NO_CTES } from './scope.ts';

/** Binds any statement. What is not analysed is recorded as opaque, never omitted. */
export function bindStatement(binder: Binder, node: Statement): BoundStatement {
  visit(binder, node);
  const at = placeOf(binder, node);
  const inner = (
    result: BoundInner['result'],
    statements: readonly BoundInnerStatement[],
    using: BoundInner['using'] = [],
  ): BoundInner => ({ kind: 'inner', at, result, inner: statements, using });
  switch (node.kind) {
    case 'query':
      return bindQuery(binder, null, NO_CTES, node);
    case 'insert':
    case 'multi_insert':
    case 'update':
    case 'delete':
    case 'merge':
    case 'truncate':
      return bindDml(binder, node);
    case 'copy_into_table':
    case 'copy_into_location':
    case 'copy_files':
    case 'put':
    case 'get':
    case 'list':
    case 'remove':
      return bindCopy(binder, node);
    case 'create':
      return bindCreate(binder, node, bindBody);
    case 'alter':
      if (node.objectType !== 'session') return bindAlter(binder, node, bindBody);
      noteAlterSession(binder, node);
      return { kind: 'other', at, arguments: [], inner: [] };
    case 'use':
    case 'set_variables':
    case 'unset_variables':
    case 'transaction':
    case 'show':
    case 'describe':
    case 'grant':
    case 'revoke':
    case 'comment':
    case 'drop':
    case 'undrop':
    case 'execute_object':
      return bindAdmin(binder, node);
    case 'explain':
      // The plan shows the text, not the data; the explained statement counts as if it ran.
      return inner('none', node.statement.kind === 'string' ? [] : [bindInner(binder, node.statement)]);
    case 'flow':
      return inner('last', bindFlow(binder, node.steps));
    case 'execute_immediate':
      return bindExecuteImmediate(binder, node.source, node.using, inner);
    case 'execute_immediate_from':
      noteOpaque(binder, opaque('the statements in a file', node));
      return inner('none', []);
    case 'call_statement': {
      noteOpaque(binder, opaque('what the procedure does', node));
      const bodies = node.procedures.flatMap(({ body }) => (body === null ? [] : bindBody(binder, body)));
      noteDdlObject(binder, 'procedure', node.call.name, 'call');
      visit(binder, node.call);
      return { kind: 'other', at, arguments: given(binder, node.call.arguments), inner: bodies };
    }
    default:
      // Scripting: its statements are bound one by one; what it returns is not known.
      noteOpaque(binder, opaque('what a scripting block returns', node));
      return inner(
        'none',
        scriptStatements(node).map((statement) => bindInner({ ...binder, inBlock: true }, statement)),
      );
  }
}

function given(binder: Binder, expressions: readonly Expression[]) {
  return expressions.map((expression) => bindExpression(binder, newScope(null, NO_CTES), expression));
}

/** Settings that would change what the same text means, so that nothing after them could be analysed. */
const CHANGES_MEANING: ReadonlySet<string> = new Set([
  'QUOTED_IDENTIFIERS_IGNORE_CASE',
  'SEARCH_PATH',
  'DEFAULT_DDL_COLLATION',
]);

function noteAlterSession(binder: Binder, { actions }: Alter): void {
  const parameters = actions.flatMap((action) => {
    if (action.kind === 'set_options')
      return action.options.map(({ name }) => (name.kind === 'words' ? name.text : name.value));
    return action.kind === 'unset_options' ? action.names.map(({ text }) => text) : [];
  });
  const changing = parameters.find((name) => CHANGES_MEANING.has(name.toUpperCase()));
  if (changing !== undefined)
    noteOpaque(binder, opaque(`the meaning of names under another ${changing}`, actions[0]!));
  binder.noted.sessionEffects.push({ type: 'alter_session', parameters });
}

/** Each step sees the results of the previous steps. */
function bindFlow(binder: Binder, steps: readonly Statement[]): readonly BoundInnerStatement[] {
  const columns: Binder['steps'][number][] = [];
  return steps.map((step) => {
    const bound = bindInner({ ...binder, steps: [...columns] }, step);
    const statement = bound.bound?.statement;
    columns.push(statement?.kind === 'query' && statement.open === null ? statement.columns : null);
    return bound;
  });
}

/** A literal is analysed as the SQL that it contains; anything else is only known when it runs. */
function bindExecuteImmediate(
  binder: Binder,
  source: Embedded | Expression,
  using: readonly Expression[],
  inner: (
    result: BoundInner['result'],
    statements: readonly BoundInnerStatement[],
    using: BoundInner['using'],
  ) => BoundInner,
): BoundInner {
  visit(binder, source);
  if (source.kind !== 'embedded') {
    noteOpaque(binder, opaque('SQL that is built at run time', source));
    leave(binder, source);
    return inner('none', [], given(binder, using));
  }
  const statements = bindEmbedded(binder, source);
  return inner(statements.length === 1 ? 'last' : 'none', statements, given(binder, using));
}

/** The body of a routine, task or alert counts as if it ran now. */
function bindBody(binder: Binder, body: Body): readonly BoundInnerStatement[] {
  visit(binder, body);
  if (body.kind === 'embedded') return bindEmbedded(binder, body);
  if (isStatement(body)) return [bindInner(binder, body)];
  noteOpaque(binder, opaque('an expression that is evaluated later', body));
  leave(binder, body);
  return [];
}

function bindEmbedded(binder: Binder, embedded: Embedded): readonly BoundInnerStatement[] {
  leave(binder, embedded);
  const statements = embeddedStatements(embedded);
  if (statements === null) {
    noteOpaque(binder, opaque('a body that cannot be read here', embedded));
    return [];
  }
  // Offsets inside a literal with escapes do not refer to this text: the literal's range is used for all of it.
  const range = placeOf(binder, embedded);
  const inside: Binder = {
    ...binder,
    source: embedded.source,
    through: binder.through ?? { view: { database: '', schema: '', name: '' }, range },
  };
  return statements.map((statement) => bindInner(inside, statement));
}

function bindInner(binder: Binder, statement: Statement): BoundInnerStatement {
  leave(binder, statement);
  const range = placeOf(binder, statement);
  return bindTree(statement, range, { ...binder, noted: newNoted() });
}
