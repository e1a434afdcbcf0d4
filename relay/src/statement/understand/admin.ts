import type { AdminStatement, Grant, Revoke, SetVariables, Use } from '../tree/admin.ts';
import { noteDdlObject } from './ddl.ts';
import { originOf } from './expressions.ts';
import { noteFlow } from './flows.ts';
import { resolveContainer, staticName } from './names.ts';
import { opaque } from './origin.ts';
import { newScope } from './scope.ts';
import { noteObject, noteOpaque, type Walk } from './walk.ts';

/** Statements about the session, about rights, and about what there is. */
export function walkAdmin(walk: Walk, statement: AdminStatement): void {
  switch (statement.kind) {
    case 'use':
      return walkUse(walk, statement);
    case 'set_variables':
      return walkSet(walk, statement);
    case 'unset_variables':
      for (const { name } of statement.names)
        walk.found.sessionEffects.push({ type: 'unset_variable', name });
      return;
    case 'show':
      // Whatever it lists are names; which, is decided on by kind.
      return;
    case 'describe':
      if (
        statement.name !== null &&
        (statement.name.kind === 'qualified_name' || statement.name.kind === 'dynamic_name')
      ) {
        noteDdlObject(walk, statement.objectType ?? 'table', statement.name, 'describe');
      }
      return;
    case 'grant':
    case 'revoke':
      return walkGrant(walk, statement);
    case 'comment':
      noteDdlObject(walk, statement.objectType, statement.name, 'alter');
      return;
    case 'drop':
      noteDdlObject(walk, statement.objectType, statement.name, 'drop');
      return;
    case 'undrop':
      noteDdlObject(walk, statement.objectType, statement.name, 'create');
      return;
    case 'execute_object':
      noteOpaque(walk, opaque('what a task or notebook does when it runs', statement));
      if (statement.name !== null) noteDdlObject(walk, statement.what, statement.name, 'call');
      return;
    case 'transaction':
      return;
    default:
      return statement satisfies never;
  }
}

function walkUse(walk: Walk, { what, name, roles }: Use): void {
  if (what === 'secondary_roles') {
    const names =
      typeof roles === 'string'
        ? roles === 'ALL'
          ? ['ALL SECONDARY ROLES']
          : []
        : roles.map((role) => role.name);
    for (const role of names) walk.found.sessionEffects.push({ type: 'use', what: 'role', name: role });
    return;
  }
  if (name === null || what === 'catalog') return;
  const used =
    what === 'schema' ? resolveContainer(walk, name, 'schema') : resolveContainer(walk, name, 'database');
  noteObject(walk, what, used, 'use', name);
  walk.found.sessionEffects.push({ type: 'use', what, name: used.name });
  const parts = name.kind === 'qualified_name' ? name.parts : staticName(walk, name).parts;
  if (what === 'schema' && parts.length > 1) {
    walk.found.sessionEffects.push({ type: 'use', what: 'database', name: used.database });
  }
}

/** A variable carries what its value was made of. */
function walkSet(walk: Walk, { names, values }: SetVariables): void {
  const scope = newScope(null, new Map());
  names.forEach(({ name }, index) => {
    const value = values[index];
    if (value === undefined) return;
    const origin = originOf(walk, scope, value);
    const literal = value.kind === 'string' ? { literal: value.value } : {};
    if (origin.unresolved !== null) noteOpaque(walk, origin.unresolved);
    walk.found.sessionEffects.push({ type: 'set_variable', name, sources: origin.sources, ...literal });
    noteFlow(walk, origin, { type: 'variable', name }, value);
  });
}

function walkGrant(walk: Walk, statement: Grant | Revoke): void {
  const { on } = statement;
  for (const name of on?.names ?? []) {
    noteDdlObject(walk, on!.objectType.text.toLowerCase().replaceAll(' ', '_'), name, 'grant');
  }
  for (const { name } of statement.roles) noteDdlObject(walk, 'role', name, 'grant');
}
