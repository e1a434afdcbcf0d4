import type { BoundStatement } from '../bound/index.ts';
import type { AdminStatement, Comment, Grant, Revoke, SetVariables, Use } from '../tree/admin.ts';
import { type Binder, noteObject, noteOpaque, opaque, placeOf, visit } from './binder.ts';
import { noteDdlObject } from './ddl.ts';
import { bindExpression } from './expressions.ts';
import { resolveContainer, resolveParts, staticName } from './names.ts';
import { noteSchemaContents } from './schema-contents.ts';
import { Unresolvable } from '../problem.ts';
import { newScope, NO_CTES } from './scope.ts';

/** Statements about the session, about rights, and about what there is. */
export function bindAdmin(binder: Binder, node: AdminStatement): BoundStatement {
  visit(binder, node);
  const other = { kind: 'other', at: placeOf(binder, node), arguments: [], inner: [] } as const;
  switch (node.kind) {
    case 'set_variables':
      return bindSet(binder, node);
    case 'use':
      noteUse(binder, node);
      return other;
    case 'unset_variables':
      for (const { name } of node.names) binder.noted.sessionEffects.push({ type: 'unset_variable', name });
      return other;
    case 'show':
      // Whatever it lists are names; which, is decided on by kind.
      return other;
    case 'describe':
      if (node.name !== null && (node.name.kind === 'qualified_name' || node.name.kind === 'dynamic_name'))
        noteDdlObject(binder, node.objectType ?? 'table', node.name, 'describe');
      return other;
    case 'grant':
    case 'revoke':
      noteGrant(binder, node);
      return other;
    case 'comment':
      if (node.objectType === 'column') noteOfColumn(binder, node.name);
      else noteDdlObject(binder, node.objectType, node.name, 'alter');
      return other;
    case 'drop': {
      const object = noteDdlObject(binder, node.objectType, node.name, 'drop');
      if (node.objectType === 'schema' && object !== null) noteSchemaContents(binder, object, node);
      return other;
    }
    case 'undrop':
      noteDdlObject(binder, node.objectType, node.name, 'create');
      return other;
    case 'execute_object':
      noteOpaque(binder, opaque('what the task or notebook runs', node));
      if (node.name !== null) noteDdlObject(binder, node.what, node.name, 'call');
      return {
        ...other,
        arguments: node.arguments.map((argument) =>
          bindExpression(binder, newScope(null, NO_CTES), argument),
        ),
      };
    case 'transaction':
      return other;
    default:
      return node satisfies never;
  }
}

/** What is said of a column is said of its table or view. */
function noteOfColumn(binder: Binder, name: Comment['name']): void {
  visit(binder, name);
  const written = name.kind === 'qualified_name' ? name : staticName(binder, name);
  const parts = written.parts.slice(0, -1);
  const object = parts.length === 0 ? null : resolveParts(binder.context, parts, written.publicSchema);
  if (object === null)
    throw new Unresolvable('object_unknown', 'the column of no table or view that could be named', name);
  binder.noted.names.set(name, object);
  noteObject(binder, 'table', object, 'alter', name);
}

function noteUse(binder: Binder, { what, name, roles }: Use): void {
  const { sessionEffects } = binder.noted;
  if (what === 'secondary_roles') {
    const names =
      typeof roles === 'string'
        ? roles === 'ALL'
          ? ['ALL SECONDARY ROLES']
          : []
        : roles.map((role) => role.name);
    for (const role of names) sessionEffects.push({ type: 'use', what: 'role', name: role });
    return;
  }
  if (name === null || what === 'catalog') return;
  const used =
    what === 'schema' ? resolveContainer(binder, name, 'schema') : resolveContainer(binder, name, 'database');
  noteObject(binder, what, used, 'use', name);
  sessionEffects.push({ type: 'use', what, name: used.name });
  const { parts } = name.kind === 'qualified_name' ? name : staticName(binder, name);
  if (what === 'schema' && parts.length > 1)
    sessionEffects.push({ type: 'use', what: 'database', name: used.database });
}

/** Every value is of the state before it: a name that the same SET gives is the old one. */
function bindSet(binder: Binder, { names, values, ...node }: SetVariables): BoundStatement {
  if (names.length !== values.length)
    throw new Unresolvable('unsupported', 'SET needs exactly one value for each name', node);
  const scope = newScope(null, NO_CTES);
  return {
    kind: 'set',
    at: placeOf(binder, node),
    assignments: names.map(({ name }, index) => {
      const value = values[index]!;
      const literal = value.kind === 'string' ? value.value : null;
      return { name, value: bindExpression(binder, scope, value), literal };
    }),
  };
}

function noteGrant(binder: Binder, node: Grant | Revoke): void {
  const { on } = node;
  for (const name of on?.names ?? [])
    noteDdlObject(binder, on!.objectType.text.toLowerCase().replaceAll(' ', '_'), name, 'grant');
  for (const { name } of node.roles) noteDdlObject(binder, 'role', name, 'grant');
}
