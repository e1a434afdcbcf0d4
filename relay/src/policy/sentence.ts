import {
  formatColumn,
  formatIdentifier,
  formatObjectName,
  type ObjectName,
  type ObjectUse,
  type Understanding,
  type Understood,
} from '../statement/index.ts';
import type { DecisionContext } from './context.ts';
import { flatten } from './flatten.ts';
import type { ChosenMask } from './masks.ts';
import { visible } from './visible.ts';

/** How many columns or objects a sentence names before it counts the rest. */
const NAMED = 6;

/**
 * `Ada (developers) reads CUSTOMERS.EMAIL (masked) and ORDERS.TOTAL from SHOP.PUBLIC; 2 tables`: what would
 * happen, for a person who decides on it. What is left out is counted, never dropped silently.
 */
export function describe(
  understanding: Understanding,
  masks: readonly ChosenMask[],
  context: DecisionContext,
): string {
  const who = person(context);
  if (!understanding.understood) return `${who} sends a statement that was not understood`;
  const statements = flatten(understanding).filter((statement) => statement.understood);
  // What a statement without a result of its own reads stands in those inside it.
  const read = understanding.outputs.length > 0 ? [understanding] : statements;
  const actions = [
    ...new Set([...read.map((statement) => reading(statement, masks)), ...statements.flatMap(changing)]),
  ].filter((action) => action !== '');
  const tables = countTables(statements);
  const doing = actions.length === 0 ? `runs ${phrase(understanding.kind.name)}` : list(actions);
  return `${who} ${doing}${tables > 1 ? `; ${tables} tables` : ''}`;
}

function person({ identity, client }: DecisionContext): string {
  const groups = identity.groups.length === 0 ? 'no groups' : capped(identity.groups.map(visible));
  const agent = client.agent === null ? '' : ` through ${visible(client.agent)}`;
  return `${visible(identity.name)} (${groups})${agent}`;
}

/** The columns that come out, by table; tables that are read with no column coming out are named as such. */
function reading(statement: Understood, masks: readonly ChosenMask[]): string {
  const masked = new Set(masks.map(({ output }) => output));
  const columns = new Map<string, boolean>();
  const schemas = new Set<string>();
  const seen = new Set<string>();
  statement.outputs.forEach((output, index) => {
    for (const { column } of output.sources) {
      const name = `${formatIdentifier(column.object.name)}.${formatIdentifier(column.column)}`;
      columns.set(name, (columns.get(name) ?? true) && masked.has(index));
      schemas.add(schemaOf(column.object));
      seen.add(formatObjectName(column.object));
    }
  });
  const named = [...columns].map(([name, hidden]) => `${visible(name)}${hidden ? ' (masked)' : ''}`);
  const others = statement.objects
    .filter(({ access, name }) => access === 'read' && !seen.has(formatObjectName(name)))
    .map(({ name }) => visible(formatObjectName(name)));
  const unknown = statement.outputs.filter(({ unresolved }) => unresolved !== undefined).length;
  return list([
    ...(named.length > 0 ? [`reads ${capped(named)} from ${capped([...schemas].map(visible))}`] : []),
    ...(others.length > 0 ? [`looks at ${capped([...new Set(others)])}`] : []),
    ...(unknown > 0 ? [`returns ${unknown} column${unknown > 1 ? 's' : ''} of unknown origin`] : []),
  ]);
}

function changing(statement: Understood): readonly string[] {
  const every = statement.missingWhere ? ', every row of it' : '';
  const objects = statement.objects.flatMap((use) => {
    const verb = verbOf(use, statement.kind.name);
    return verb === null
      ? []
      : [`${verb} ${visible(formatObjectName(use.name))}${use.access === 'write' ? every : ''}`];
  });
  const copied = copying(statement);
  const opaque = statement.opaque.length > 0 ? ['does something that cannot be known beforehand'] : [];
  return [capped([...new Set(objects)]), ...copied, ...opaque];
}

/** Columns that flow elsewhere, together by where they go. */
function copying({ flows }: Understood): readonly string[] {
  const byTarget = Map.groupBy(flows, ({ to }) => {
    switch (to.type) {
      case 'column':
        return `to ${visible(formatObjectName(to.column.object))}`;
      case 'location':
        return `out to ${visible(to.location)}`;
      case 'variable':
        return `to the variable ${visible(to.name)}`;
      default:
        return to satisfies never;
    }
  });
  return [...byTarget].map(([target, group]) => {
    const columns = group.map(({ from }) =>
      'opaque' in from ? 'data of unknown origin' : visible(formatColumn(from.column)),
    );
    return `copies ${capped([...new Set(columns)])} ${target}`;
  });
}

function verbOf(use: ObjectUse, kind: string): string | null {
  switch (use.access) {
    case 'read':
      return null;
    case 'write':
      return WRITES.find(([name]) => kind.startsWith(name))?.[1] ?? 'writes to';
    case 'create':
      return `creates the ${phrase(use.type)}`;
    case 'alter':
      return `alters the ${phrase(use.type)}`;
    case 'drop':
      return `drops the ${phrase(use.type)}`;
    case 'grant':
      return `changes who may use the ${phrase(use.type)}`;
    case 'use':
      return `uses the ${phrase(use.type)}`;
    case 'describe':
      return `asks how the ${phrase(use.type)} is defined:`;
    case 'call':
      return `calls the ${phrase(use.type)}`;
    default:
      return use.access satisfies never;
  }
}

const WRITES: readonly (readonly [string, string])[] = [
  ['insert', 'inserts into'],
  ['update', 'updates'],
  ['delete', 'deletes from'],
  ['merge', 'merges into'],
  ['truncate', 'empties'],
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

function schemaOf(object: ObjectName): string {
  return [object.database, object.schema].map(formatIdentifier).join('.');
}

function capped(items: readonly string[]): string {
  const more = items.length - NAMED;
  return more > 1 ? list([...items.slice(0, NAMED), `${more} more`]) : list(items);
}

function list(items: readonly string[]): string {
  const present = items.filter((item) => item !== '');
  return present.length < 2
    ? (present[0] ?? '')
    : `${present.slice(0, -1).join(', ')} and ${present.at(-1)!}`;
}

function phrase(name: string): string {
  return name.replaceAll('_', ' ');
}
