import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bind } from '../bind/index.ts';
import { newBudget } from '../budget.ts';
import type { Catalog, CatalogColumn, ResolutionContext } from '../catalog.ts';
import { isOfOwnNames } from '../object-name.ts';
import { split } from '../parse.ts';
import { type AnyBoundNode, BOUND_KINDS, walkBound } from './children.ts';
import type { Bound, BoundInnerStatement } from './statement.ts';

/** Beside the samples: what they do not hold, or what is not bound of them without a fitting catalog. */
const MORE = [
  'select transform(v, x -> x || a), extract(year from a), dateadd(day, 1, a) from t',
  'select a = any (select b from t), a is distinct from b, a between b and c from t',
  'select * from viewed',
  'select $1 from @s',
  'list @s',
  'select * from t unpivot (x for y in (a, b))',
  'select a, sum(b) over (partition by c order by d rows between e preceding and current row) from t sample (10)',
  'merge into t using u on t.a = u.a when matched and u.b > 1 then update set c = u.c when not matched then insert (a) values (u.a)',
];

const statements: readonly Bound[] = [
  ...readFileSync(new URL('../samples.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n'),
  ...MORE,
]
  .flatMap((line) => split(line.replace(/^.*? \| /, '')).statements)
  .flatMap((parsed) => boundIn(bind(parsed, catalogOfAnything(), context(), newBudget(1_000_000))));

test('a walk finds every node that reflection finds', () => {
  const kinds = new Set<string>();
  for (const { statement } of statements) {
    const walked = new Set(walkBound(statement));
    for (const { kind } of walked) kinds.add(kind);
    const reflected = nodesReflected(statement);
    expect([...walked].filter((node) => !reflected.has(node))).toEqual([]);
    expect([...reflected].filter((node) => !walked.has(node))).toEqual([]);
  }
  expect(BOUND_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
});

/** What has a kind, and is no node of the parsed tree, however deep in lists and objects. */
function nodesReflected(root: AnyBoundNode): ReadonlySet<AnyBoundNode> {
  const nodes = new Set<AnyBoundNode>();
  const seen = new Set<object>([root]);
  const waiting: object[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (isNode(part)) nodes.add(part);
    // The columns of an earlier step are nodes of that step's.
    const fields = 'kind' in part && part.kind === 'earlier' ? { ...part, columns: null } : part;
    for (const value of Object.values(fields) as unknown[]) {
      // A statement inside this one is no node of it, and what was parsed has offsets.
      if (typeof value !== 'object' || value === null || 'references' in value || 'start' in value) continue;
      if (!seen.has(value)) waiting.push(value);
      seen.add(value);
    }
  }
  return nodes;
}

function isNode(value: object): value is AnyBoundNode {
  return 'kind' in value && ('at' in value || value.kind === 'grouping');
}

/** A statement, and those inside of it. */
function boundIn({ bound }: BoundInnerStatement): readonly Bound[] {
  if (bound === null) return [];
  return [bound, ...('inner' in bound.statement ? bound.statement.inner.flatMap(boundIn) : [])];
}

/** Every name is a table's, or a view's with a query behind it, with a column by each letter. */
function catalogOfAnything(): Catalog {
  const columns: readonly CatalogColumn[] = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ').map((name) => ({
    name,
    type: name === 'V' ? 'VARIANT' : 'VARCHAR',
  }));
  return {
    find: (name) =>
      isOfOwnNames(name)
        ? { type: 'stage', name, version: '1', format: {}, contents: [] }
        : name.name === 'VIEWED'
          ? { type: 'view', name, version: '1', columns: columns.slice(0, 1), definition: 'select a from t' }
          : { type: 'table', name, version: '1', columns },
  };
}

function context(): ResolutionContext {
  return { database: 'D', schema: 'S', variables: new Map(), results: new Map() };
}
