import { SluiceError } from '../errors.ts';
import type { ResultBatch, ResultColumn } from '../warehouse/index.ts';
import type { Cell, CellMask } from './cell.ts';
import { compileMask } from './compile-mask.ts';
import type { MaskingKeys } from './keys.ts';
import type { OutputMask } from './masking-policy.ts';

export interface MaskedResult {
  /** As they came, except that a masked column may hold nulls. */
  readonly columns: readonly ResultColumn[];
  /** May be consumed once; one batch in, one batch out. */
  readonly batches: AsyncIterable<ResultBatch>;
}

/**
 * Masks a result on its way, batch by batch, at constant memory. Columns without a mask pass as they are.
 * Throws `internal` when a mask names a column that the result does not have: nothing passes then.
 */
export function maskResult(
  keys: MaskingKeys,
  columns: readonly ResultColumn[],
  batches: AsyncIterable<ResultBatch>,
  masks: readonly OutputMask[],
): MaskedResult {
  if (masks.length === 0) return { columns, batches };
  const byColumn = columns.map((): CellMask[] => []);
  for (const { output, policy } of masks) {
    const column = columns[output];
    if (column === undefined) throw shapeError(columns.length, output + 1);
    byColumn[output]!.push(compileMask(policy, column, keys));
  }
  const masked = byColumn.flatMap((steps, index) =>
    steps.length > 0 ? [{ index, mask: inTurn(steps) }] : [],
  );
  const hidden = new Set(masked.map(({ index }) => index));
  return {
    columns: columns.map((column, index) => (hidden.has(index) ? { ...column, nullable: true } : column)),
    batches: maskBatches(batches, columns.length, masked),
  };
}

/**
 * The gate's check before a result is masked by position: a result that has other columns than were
 * understood is not what was decided on. Throws `internal`.
 */
export function checkShape(understood: number, columns: readonly ResultColumn[]): void {
  if (columns.length !== understood) throw shapeError(columns.length, understood);
}

async function* maskBatches(
  batches: AsyncIterable<ResultBatch>,
  width: number,
  masked: readonly { readonly index: number; readonly mask: CellMask }[],
): AsyncGenerator<ResultBatch> {
  for await (const { rows } of batches) {
    yield {
      rows: rows.map((row) => {
        if (row.length !== width) throw shapeError(row.length, width);
        const copy: Cell[] = row.slice();
        for (const { index, mask } of masked) {
          const cell = copy[index]!;
          if (cell !== null) copy[index] = mask(cell);
        }
        return copy;
      }),
    };
  }
}

function inTurn(steps: readonly CellMask[]): CellMask {
  if (steps.length === 1) return steps[0]!;
  return (cell) => steps.reduce<Cell>((masked, step) => (masked === null ? null : step(masked)), cell);
}

function shapeError(found: number, expected: number): SluiceError {
  return new SluiceError('internal', `the result has ${found} columns where ${expected} were expected`, {
    advice: 'name the columns one by one instead of `*`, and run it again',
  });
}
