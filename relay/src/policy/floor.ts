import {
  type ColumnRef,
  type ColumnSource,
  type ColumnUse,
  type Derivation,
  formatColumn,
  type Understood,
} from '@sluice/snowflake-sql';
import { type ColumnGuard, type Floor, type Reading } from '@sluice/snowflake-sql/execution';
import { hasTokens, hiddenTags, type HiddenTag, type MaskScope } from './masks.ts';
import { needsValue, substitutesFor } from './substitutes.ts';

/**
 * What a statement that may run reads of sensitive columns: the value itself only where it passes whole to an
 * output and is masked on its way, where the policy shows what is made of it, or where a rule or a person has
 * let through what it is used for. Everything else it does on blanks, or on tokens.
 */
export function floorOf(parts: readonly StatementPart[]): Floor {
  // Only when it is asked: most decisions read nothing that is sensitive, or run nothing.
  let reads: readonly { readonly scope: MaskScope; readonly read: ReturnType<typeof readsOf> }[] | null =
    null;
  const guards = new Map<string, ColumnGuard | null>();
  return (column) => {
    const key = formatColumn(column);
    const known = guards.get(key);
    if (known !== undefined) return known;
    reads ??= parts.map(({ scope, statement }) => ({ scope, read: readsOf(scope, statement) }));
    const each = reads.map(({ scope, read }) => guardOf(scope, column, read(key)));
    const guard = each.reduce(both, null);
    guards.set(key, guard);
    return guard;
  };
}

/** A statement, or one inside it, and what decides on its masks. */
export interface StatementPart {
  readonly scope: MaskScope;
  readonly statement: Understood;
}

/** How each column is read, by its name: as far as what is read of it is hidden. */
function readsOf(scope: MaskScope, { uses, outputs, flows }: Understood): (key: string) => Read {
  const isHidden = (source: Pick<ColumnSource, 'column' | 'path'>) => hiddenTags(scope, source).length > 0;
  const byColumn = <Source extends Pick<ColumnSource, 'column' | 'path'>>(sources: readonly Source[]) =>
    Map.groupBy(sources.filter(isHidden), ({ column }) => formatColumn(column));
  const used = byColumn(uses);
  const shown = byColumn(outputs.flatMap(({ sources }) => sources));
  // What is unloaded passes as a result does, and is masked on its way: that it may leave shows nothing of it.
  const stored = flows.filter(({ to }) => to.type !== 'location' || outputs.length === 0);
  const written = byColumn(stored.flatMap(({ from }) => ('opaque' in from ? [] : [from])));
  const hows = (sources: readonly ColumnSource[] = []) => new Set(sources.map(({ how }) => how));
  return (key) => ({
    uses: used.get(key) ?? [],
    shown: hows(shown.get(key)),
    written: hows(written.get(key)),
  });
}

/** What is guarded in one statement is guarded in all; what one of them needs, it gets. */
function both(one: ColumnGuard | null, other: ColumnGuard | null): ColumnGuard | null {
  if (one === null || other === null) return one ?? other;
  return {
    paths: one.paths === null || other.paths === null ? null : [...one.paths, ...other.paths],
    raw: new Set([...one.raw, ...other.raw]),
    token: new Set([...one.token].filter((use) => other.token.has(use))),
  };
}

interface Read {
  readonly uses: readonly ColumnUse[];
  /** How outputs are made of the column. */
  readonly shown: ReadonlySet<Derivation>;
  /** How what is written elsewhere is made of it. */
  readonly written: ReadonlySet<Derivation>;
}

function guardOf(scope: MaskScope, column: ColumnRef, read: Read): ColumnGuard | null {
  const hidden = hiddenTags(scope, { column });
  if (hidden.length === 0) return null;
  const raw = new Set<Reading>();
  if (read.shown.has('direct')) raw.add('direct');
  if (read.shown.has('expression') && everyMask(hidden, ({ expressions }) => expressions === 'mask'))
    raw.add('expression');
  const aggregates = everyMask(hidden, ({ aggregates }) => aggregates !== 'redact');
  if (aggregates) for (const how of ['aggregate', 'distinct'] as const) if (read.shown.has(how)) raw.add(how);
  // What is written elsewhere has been let through as it is: by a rule, by the target's own tags, by a person.
  for (const how of read.written) raw.add(how);
  // Only what was let through itself is: what has a substitute goes on running on that.
  for (const use of read.uses.filter(needsValue))
    if (substitutesFor(scope, use) === null) for (const reading of readingsOf(use)) raw.add(reading);
  const token = (['group', 'join'] as const).filter((use) => hasTokens(scope, column, use));
  return { paths: pathsOf(hidden), raw, token: new Set(token) };
}

/** How a column is read for a use. What is made of it, of its groups too, is read as anything else that decides. */
export function readingOf({ as, how }: Pick<ColumnUse, 'as' | 'how'>): Reading {
  if (how === 'distinct') return 'number';
  return how === 'direct' && (as === 'group' || as === 'join') ? as : 'use';
}

/** All ways in which it may be: USING joins by what a query gives, too, and UNION puts equal rows together. */
function readingsOf(use: ColumnUse): readonly Reading[] {
  const own = readingOf(use);
  if (own === 'number') return ['number', 'use'];
  if (use.as === 'equal') return [own, 'join'];
  return use.as === 'compare' ? [own, 'group'] : [own];
}

function everyMask(hidden: readonly HiddenTag[], holds: (mask: HiddenTag['masks'][number]) => boolean) {
  return hidden.every(({ masks }) => masks.every(holds));
}

function pathsOf(hidden: readonly HiddenTag[]): ColumnGuard['paths'] {
  const paths = hidden.map(({ path }) => path ?? []);
  return paths.some((path) => path.length === 0) ? null : paths;
}
