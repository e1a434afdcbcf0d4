import type { ObjectName } from '../object-name.ts';
import type { Name, StringLiteral } from '../tree/names.ts';
import type { Clone } from '../tree/ddl.ts';
import type { Alter, Body, Create } from '../tree/statements.ts';
import type { ObjectAccess } from '../understanding.ts';
import { noteFlow } from './flows.ts';
import { findObject, resolveContainer, resolveName } from './names.ts';
import { isAccountLevel, objectTypeOf } from './object-type.ts';
import { opaque, type Origin } from './origin.ts';
import { relationOfQuery } from './queries.ts';
import type { Relation } from './relation.ts';
import { relationOfObject } from './tables.ts';
import { noteObject, noteOpaque, type Walk } from './walk.ts';

/** Understands a body of statements that will run with, or after, the one that holds it. */
export type WalkBody = (walk: Walk, body: Body) => void;

/** CREATE: the object, what its rows come from, and what it will do. */
export function walkCreate(walk: Walk, create: Create, walkBody: WalkBody): void {
  const name = noteDdlObject(walk, create.objectType, create.name, 'create');
  for (const source of create.sources) {
    if (source.name.kind === 'qualified_name')
      noteObject(walk, 'other', resolveName(walk, source.name), 'read', source);
  }
  const made = createdFrom(walk, create);
  if (made !== null && name !== null) {
    const names = create.columns.map((column) => column.name.name);
    flowAll(walk, made, name, names, create);
  }
  if (create.condition !== null) walkBody(walk, create.condition);
  if (create.body !== null) walkBody(walk, create.body);
}

function createdFrom(walk: Walk, { query, clone }: Create): Relation | null {
  if (query !== null) return relationOfQuery(walk, null, new Map(), query);
  return clone === null || clone.how === 'like' ? null : clonedFrom(walk, clone);
}

/** A copy of a table has its columns; a copy of a schema or of files has whatever they have. */
function clonedFrom(walk: Walk, { source, how }: Clone): Relation | null {
  if (how === 'template' || (source.kind !== 'qualified_name' && source.kind !== 'dynamic_name')) {
    noteOpaque(walk, opaque('a copy of what is not a table', source));
    return null;
  }
  const found = findObject(walk, source);
  if (found.type === 'function') return null;
  noteObject(walk, found.type, found.name, 'read', source);
  return relationOfObject(walk, found, source);
}

function flowAll(
  walk: Walk,
  { columns, open }: Relation,
  to: ObjectName,
  names: readonly string[],
  at: Create | Alter,
): void {
  const flow = (origin: Origin, column: string) =>
    noteFlow(walk, origin, { type: 'column', column: { object: to, column } }, at);
  columns.forEach(({ name, origin }, index) => flow(origin, names[index] ?? name));
  if (open !== null) flow({ sources: [], unresolved: open }, '*');
}

/** ALTER: the object; a table or column under a new name takes its values along. */
export function walkAlter(walk: Walk, alter: Alter, walkBody: WalkBody): void {
  const name = noteDdlObject(walk, alter.objectType, alter.name, 'alter');
  for (const action of alter.actions) {
    switch (action.kind) {
      case 'rename_to':
        renameObject(walk, alter, resolveName(walk, action.name));
        break;
      case 'swap_with': {
        const other = findObject(walk, action.name);
        noteObject(walk, other.type, other.name, 'alter', action);
        renameObject(walk, alter, other.name);
        if (other.type !== 'function' && name !== null)
          flowAll(walk, relationOfObject(walk, other, action.name), name, [], alter);
        break;
      }
      case 'rename_column': {
        if (name === null) break;
        const from: Origin = {
          sources: [{ column: { object: name, column: action.from.name }, how: 'direct' }],
          unresolved: null,
        };
        noteFlow(walk, from, { type: 'column', column: { object: name, column: action.to.name } }, action);
        break;
      }
      case 'replace_body':
        walkBody(walk, action.body);
        break;
      default:
        // Other actions move no values; what they may do is decided on by kind and object.
        break;
    }
  }
}

function renameObject(walk: Walk, alter: Alter, to: ObjectName): void {
  const type = objectTypeOf(alter.objectType);
  if ((type !== 'table' && type !== 'view') || alter.name === null || alter.name.kind === 'string') return;
  const found = findObject(walk, alter.name);
  noteObject(walk, type, to, 'create', alter);
  if (found.type !== 'function') flowAll(walk, relationOfObject(walk, found, alter.name), to, [], alter);
}

/** Notes the object that DDL is about, by its type's own way of naming; null when it has no name. */
export function noteDdlObject(
  walk: Walk,
  objectType: string,
  name: Name | StringLiteral | null,
  access: ObjectAccess,
): ObjectName | null {
  const type = objectTypeOf(objectType);
  if (name === null) return null;
  if (name.kind === 'string') {
    const resolved = { database: '', schema: '', name: name.value };
    noteObject(walk, type, resolved, access, name);
    return resolved;
  }
  const resolved =
    type === 'schema'
      ? resolveContainer(walk, name, 'schema')
      : isAccountLevel(type)
        ? resolveContainer(walk, name, 'database')
        : resolveName(walk, name);
  noteObject(walk, type, resolved, access, name);
  return resolved;
}
