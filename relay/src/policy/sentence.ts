import { formatObjectName, type ObjectUse, type Understanding, type Understood } from '@sluice/snowflake-sql';
import { joined, memberShown, quoted, revealed, shown, type ShownText, word } from '../text/index.ts';
import type { DecisionContext } from './context.ts';
import { flatten } from './flatten.ts';
import type { ChosenMask } from './masks.ts';
import { columnShown, nameShown, objectShown, shortColumnShown } from './names.ts';

/** How many columns or objects a sentence names before it counts the rest. */
const NAMED = 6;

/**
 * `"Ada" (ada at id.example, in developers) reads CUSTOMERS.EMAIL (masked) from SHOP.PUBLIC; 2 tables`: what would
 * happen, for a person who decides on it. What is left out is counted, never dropped silently.
 */
export function describe(
  understanding: Understanding,
  masks: readonly ChosenMask[],
  context: DecisionContext,
): ShownText {
  const who = person(context);
  if (!understanding.understood) return shown`${who} sends a statement that was not understood`;
  const statements = flatten(understanding).filter((statement) => statement.understood);
  // What a statement without a result of its own reads stands in those inside it.
  const read = understanding.outputs.length > 0 ? [understanding] : statements;
  const actions = [
    ...new Set([...read.map((statement) => reading(statement, masks)), ...statements.flatMap(changing)]),
  ].filter((action) => action !== '');
  const tables = countTables(statements);
  const doing = actions.length === 0 ? shown`runs ${phrase(understanding.kind.name)}` : list(actions);
  return shown`${who} ${doing}${tables > 1 ? shown`; ${tables} tables` : ''}`;
}

function person({ identity, client }: DecisionContext): ShownText {
  const agent = client.agent === null ? '' : shown` through ${quoted(client.agent, { most: 80 })}`;
  return shown`${memberShown(identity)}${agent}`;
}

/** The columns that come out, by table; tables that are read with no column coming out are named as such. */
function reading(statement: Understood, masks: readonly ChosenMask[]): ShownText {
  const masked = new Set(masks.map(({ output }) => output));
  const columns = new Map<ShownText, boolean>();
  const schemas = new Set<ShownText>();
  const seen = new Set<string>();
  statement.outputs.forEach((output, index) => {
    for (const { column } of output.sources) {
      const name = shortColumnShown(column);
      columns.set(name, (columns.get(name) ?? true) && masked.has(index));
      schemas.add(objectShown({ ...column.object, name: '' }));
      seen.add(formatObjectName(column.object));
    }
  });
  const named = [...columns].map(([name, hidden]) => shown`${name}${hidden ? ' (masked)' : ''}`);
  const others = statement.objects
    .filter(({ access, name }) => access === 'read' && !seen.has(formatObjectName(name)))
    .map(({ name }) => objectShown(name));
  const unknown = statement.outputs.filter(({ unresolved }) => unresolved !== undefined).length;
  return list([
    ...(named.length > 0 ? [shown`reads ${capped(named)} from ${capped([...schemas])}`] : []),
    ...(others.length > 0 ? [shown`looks at ${capped([...new Set(others)])}`] : []),
    ...(unknown > 0 ? [shown`returns ${unknown} column${unknown > 1 ? 's' : ''} of unknown origin`] : []),
  ]);
}

function changing(statement: Understood): readonly ShownText[] {
  const every = statement.missingWhere ? ', every row of it' : '';
  const objects = statement.objects.flatMap((use) => {
    const verb = verbOf(use, statement.kind.name);
    return verb === null
      ? []
      : [shown`${verb} ${objectShown(use.name)}${use.access === 'write' ? every : ''}`];
  });
  const copied = copying(statement);
  const opaque = statement.opaque.length > 0 ? [shown`does something that cannot be known beforehand`] : [];
  return [capped([...new Set(objects)]), ...copied, ...opaque];
}

/** Columns that flow elsewhere, together by where they go. */
function copying({ flows }: Understood): readonly ShownText[] {
  const byTarget = Map.groupBy(flows, ({ to }) => {
    switch (to.type) {
      case 'column':
        return shown`to ${objectShown(to.column.object)}`;
      case 'location':
        return shown`out to ${word(to.location)}`;
      case 'variable':
        return shown`to the variable ${nameShown(to.name)}`;
      default:
        return to satisfies never;
    }
  });
  return [...byTarget].map(([target, group]) => {
    const columns = group.map(({ from }) =>
      'opaque' in from ? shown`data of unknown origin` : columnShown(from.column),
    );
    return shown`copies ${capped([...new Set(columns)])} ${target}`;
  });
}

function verbOf(use: ObjectUse, kind: string): ShownText | null {
  switch (use.access) {
    case 'read':
      return null;
    case 'write':
      return WRITES.find(([name]) => kind.startsWith(name))?.[1] ?? shown`writes to`;
    case 'create':
      return shown`creates the ${phrase(use.type)}`;
    case 'alter':
      return shown`alters the ${phrase(use.type)}`;
    case 'drop':
      return shown`drops the ${phrase(use.type)}`;
    case 'grant':
      return shown`changes who may use the ${phrase(use.type)}`;
    case 'use':
      return shown`uses the ${phrase(use.type)}`;
    case 'describe':
      return shown`asks how the ${phrase(use.type)} is defined:`;
    case 'call':
      return shown`calls the ${phrase(use.type)}`;
    default:
      return use.access satisfies never;
  }
}

const WRITES: readonly (readonly [string, ShownText])[] = [
  ['insert', shown`inserts into`],
  ['update', shown`updates`],
  ['delete', shown`deletes from`],
  ['merge', shown`merges into`],
  ['truncate', shown`empties`],
];

function countTables(statements: readonly Understood[]): number {
  return new Set(
    statements.flatMap(({ objects }) =>
      objects
        .filter(({ type }) => type === 'table' || type === 'view')
        .map(({ name }) => formatObjectName(name)),
    ),
  ).size;
}

function capped(items: readonly ShownText[]): ShownText {
  const more = items.length - NAMED;
  return more > 1 ? list([...items.slice(0, NAMED), shown`${more} more`]) : list(items);
}

function list(items: readonly ShownText[]): ShownText {
  const present = items.filter((item) => item !== '');
  return present.length < 2
    ? (present[0] ?? shown``)
    : shown`${joined(present.slice(0, -1), ', ')} and ${present.at(-1)!}`;
}

function phrase(name: string): ShownText {
  return revealed(name.replaceAll('_', ' '));
}
