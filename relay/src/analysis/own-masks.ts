import { type ColumnSource, formatColumn, type LoadedObject, type OutputColumn } from '@sluice/snowflake-sql';

/** A column that the warehouse itself masks, and a policy by which it does: its full name. */
export interface OwnMask {
  readonly column: ColumnSource['column'];
  readonly policy: string;
}

/** Of outputs, by their index: the policies by which the warehouse itself masks what they are made of. */
export interface OwnMasksOfOutput {
  readonly output: number;
  readonly policies: readonly string[];
}

/** As far as the warehouse says so: of an object whose policies nobody could ask for, none. */
export function ownMasks({ name, object, governance }: LoadedObject): readonly OwnMask[] {
  if (governance === undefined || governance === 'unknown' || object === null) return [];
  return governance.flatMap(({ column, maskedBy }) =>
    maskedBy.map((policy) => ({ column: { object: name, column }, policy })),
  );
}

/** What is only counted shows nothing of the value, masked or not. */
export function ownMasksOf(
  outputs: readonly Pick<OutputColumn, 'sources'>[],
  masks: readonly OwnMask[],
): readonly OwnMasksOfOutput[] {
  if (masks.length === 0) return [];
  const byColumn = Map.groupBy(masks, ({ column }) => formatColumn(column));
  return outputs.flatMap(({ sources }, output) => {
    const found = sources
      .filter(({ how }) => how !== 'counted')
      .flatMap(({ column }) => byColumn.get(formatColumn(column)) ?? []);
    const policies = [...new Set(found.map(({ policy }) => policy))];
    return policies.length === 0 ? [] : [{ output, policies }];
  });
}
