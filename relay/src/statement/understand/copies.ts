import type { CopyStatement, Location } from '../tree/copy.ts';
import type { ObjectAccess } from '../understanding.ts';
import { noteUses } from './expressions.ts';
import { noteFlow } from './flows.ts';
import { findObject, resolveName } from './names.ts';
import { opaque } from './origin.ts';
import { relationOfQuery } from './queries.ts';
import { newScope } from './scope.ts';
import { relationOfTable } from './tables.ts';
import { noteObject, noteOpaque, type Walk } from './walk.ts';

/** Statements that move rows and files in and out. */
export function walkCopy(walk: Walk, statement: CopyStatement): void {
  switch (statement.kind) {
    case 'copy_into_table': {
      const table = findObject(walk, statement.target);
      noteObject(walk, table.type, table.name, 'write', statement.target);
      if (statement.source === null) return;
      if (statement.source.kind === 'query') relationOfQuery(walk, null, new Map(), statement.source);
      else noteLocation(walk, statement.source, 'read');
      return;
    }
    case 'copy_into_location': {
      const { source, target, partitionBy } = statement;
      noteLocation(walk, target, 'write');
      const made =
        source.kind === 'query'
          ? relationOfQuery(walk, null, new Map(), source)
          : relationOfTable(walk, source);
      const to = { type: 'location', location: locationText(target) } as const;
      for (const { origin } of made.columns) noteFlow(walk, origin, to, source);
      if (made.open !== null) noteFlow(walk, { sources: [], unresolved: made.open }, to, source);
      if (partitionBy !== null) {
        const scope = newScope(null, new Map());
        scope.relations.push({ relation: made, qualifier: [], hidden: new Set() });
        noteUses(walk, scope, [partitionBy], 'group');
      }
      return;
    }
    case 'copy_files':
      noteLocation(walk, statement.target, 'write');
      if (statement.source.kind === 'query') relationOfQuery(walk, null, new Map(), statement.source);
      else noteLocation(walk, statement.source, 'read');
      noteOpaque(walk, opaque('what is in the files', statement));
      return;
    case 'put':
      return noteLocation(walk, statement.stage, 'write');
    case 'get':
      noteOpaque(walk, opaque('what is in the files', statement));
      return noteLocation(walk, statement.stage, 'read');
    case 'list':
      return noteLocation(walk, statement.location, 'describe');
    case 'remove':
      return noteLocation(walk, statement.location, 'drop');
    default:
      return statement satisfies never;
  }
}

function noteLocation(walk: Walk, location: Location, access: ObjectAccess): void {
  const name =
    location.kind === 'stage' && location.name !== null
      ? resolveName(walk, location.name)
      : { database: '', schema: '', name: locationText(location) };
  noteObject(walk, 'stage', name, access, location);
}

function locationText(location: Location): string {
  if (location.kind === 'string') return location.value;
  const { name, path, type } = location;
  return `@${type === 'user' ? '~' : (name?.parts.map((part) => part.name).join('.') ?? '')}${path}`;
}
