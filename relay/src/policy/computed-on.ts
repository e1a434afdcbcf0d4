import { type ColumnRef, formatColumn, type Understood } from '@sluice/snowflake-sql';
import { type Floor, type Reading, treatment } from '@sluice/snowflake-sql/execution';
import { joined, shown, type ShownText, wordsShown } from '../text/index.ts';
import type { ComputedOn, Substituted } from './decision.ts';
import { readingOf, type StatementPart } from './floor.ts';
import { hiddenTags, type MaskScope } from './masks.ts';
import { columnShown } from './names.ts';
import { substitutesFor } from './substitutes.ts';

/**
 * What the first of these statements computes on something else than values: each of its outputs, and its rows, on
 * which ones inside it have a say too. NULLs are NULL in both, so what only counts values is computed on them.
 */
export function computedOn(parts: readonly StatementPart[], floor: Floor): ComputedOn | null {
  const [outer] = parts;
  if (outer === undefined || !outer.scope.floor) return null;
  const read = (column: ColumnRef, reading: Reading) => {
    const guard = floor(column);
    return guard === null ? 'raw' : treatment(guard, reading);
  };
  const rows = together(parts.flatMap(({ scope, statement }) => usedIn(scope, statement, read)));
  const outputs = outer.statement.outputs.flatMap(({ sources }, output) => {
    const found = sources.flatMap(({ how, ...source }): readonly Found[] => {
      if (how === 'direct' || how === 'counted') return [];
      const because = becauseOf(outer.scope, source);
      return because === null ? [] : foundAs(read(source.column, how), because);
    });
    const all = together(found);
    return all === null ? [] : [{ output, ...all }];
  });
  return rows === null && outputs.length === 0 ? null : { rows, outputs };
}

type Read = (column: ColumnRef, reading: Reading) => 'raw' | 'token' | 'blank';

interface Found {
  readonly on: Substituted['on'];
  readonly because: ShownText;
}

function usedIn(scope: MaskScope, { uses }: Understood, read: Read): readonly Found[] {
  return uses.flatMap((use) => {
    // Whether it fails is not what its rows are.
    if (use.as === 'condition' || use.as === 'count' || use.as === 'aggregate' || use.fails) return [];
    // Nor do they differ by what stands in for a value beside its table's key.
    if (use.keyed) return [];
    const substitute = substitutesFor(scope, use);
    // Where a person has let another use through that is read alike, this one is of its values.
    if (substitute === null || read(use.column, readingOf(use)) === 'raw') return [];
    return foundAs(substitute, becauseOf(scope, use)!);
  });
}

function foundAs(how: 'raw' | 'token' | 'blank', because: ShownText): readonly Found[] {
  if (how === 'raw') return [];
  return [{ on: how === 'token' ? 'tokens' : 'blanks', because }];
}

function becauseOf(scope: MaskScope, source: Parameters<typeof hiddenTags>[1]): ShownText | null {
  const name = formatColumn(source.column);
  const tags = [...new Set(hiddenTags(scope, source).map(({ tag }) => tag))];
  if (tags.length === 0) return null;
  const column = columnShown(source.column);
  return tags.length === 1 && tags[0] === name ? column : shown`${column} (${wordsShown(tags)})`;
}

/** Blanks tell less than tokens: one of them makes it all so. */
function together(found: readonly Found[]): Substituted | null {
  if (found.length === 0) return null;
  const because = joined([...new Set(found.map((one) => one.because))], ', ');
  return { on: found.some(({ on }) => on === 'blanks') ? 'blanks' : 'tokens', because };
}
