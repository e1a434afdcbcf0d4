import type { BoundStatement } from '../bound/index.ts';
import { formatObjectName } from '../object-name.ts';
import type { RowWrite } from '../understanding.ts';

/**
 * The rows that a statement inserts, updates, deletes or creates. Unlike `flows`, which says where written values come
 * from, this includes values that come from no column.
 */
export function writesOf(statement: BoundStatement): readonly RowWrite[] {
  return merged(eachWrite(statement));
}

function eachWrite(statement: BoundStatement): readonly RowWrite[] {
  switch (statement.kind) {
    case 'insert': {
      const { object } = statement.target;
      const added = { object, how: 'insert', columns: statement.columns } as const;
      return statement.overwrite ? [removed(object), added] : [added];
    }
    case 'multi_insert':
      return statement.branches
        .flatMap(({ targets }) => targets)
        .flatMap(({ target: { object }, values }) => {
          const added = { object, how: 'insert', columns: values.map(({ column }) => column) } as const;
          return statement.overwrite ? [removed(object), added] : [added];
        });
    case 'load':
      return [{ object: statement.target.object, how: 'insert', columns: statement.columns }];
    case 'update': {
      const columns = statement.assignments.map(({ column }) => column);
      return [{ object: statement.target.object, how: 'update', columns }];
    }
    case 'delete':
    case 'truncate':
      return [removed(statement.target.object)];
    case 'merge': {
      const { object } = statement.target;
      return statement.clauses.map(({ action }) =>
        action.kind === 'delete'
          ? removed(object)
          : { object, how: action.kind, columns: action.assignments.map(({ column }) => column) },
      );
    }
    case 'create': {
      const { object, query, clone, columns } = statement;
      if (object === null) return [];
      if (query === null)
        return [{ object, how: 'create', columns: clone?.columns.map(({ name }) => name) ?? null }];
      const rest = query.columns.slice(columns.length).map(({ name }) => name);
      return [{ object, how: 'create', columns: query.open === null ? [...columns, ...rest] : null }];
    }
    case 'alter': {
      const { object, moves, computed } = statement;
      const moved = moves.map(({ to }): RowWrite => ({
        object: to.object,
        how: 'update',
        columns: [to.column],
      }));
      return object === null
        ? moved
        : [
            ...moved,
            ...computed.map(({ column }): RowWrite => ({ object, how: 'update', columns: [column] })),
          ];
    }
    case 'query':
    case 'unload':
    case 'files':
    case 'set':
    case 'inner':
    case 'other':
      return [];
    default:
      return statement satisfies never;
  }
}

function removed(object: RowWrite['object']): RowWrite {
  return { object, how: 'delete', columns: null };
}

function merged(writes: readonly RowWrite[]): readonly RowWrite[] {
  const groups = new Map<string, RowWrite[]>();
  for (const write of writes) {
    const key = `${write.how} ${formatObjectName(write.object)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [write]);
    else group.push(write);
  }
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    columns: group.some(({ columns }) => columns === null)
      ? null
      : [...new Set(group.flatMap(({ columns }) => columns ?? []))],
  }));
}
