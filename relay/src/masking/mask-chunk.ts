import { SluiceError } from '../errors.ts';
import type { ResultColumn, ResultEncoding } from '../warehouse/index.ts';
import type { ColumnMask } from './cell.ts';
import { compileMask } from './compile-mask.ts';
import type { MaskingKeys } from './keys.ts';
import { maskJson } from './mask-json.ts';
import type { OutputMask } from './masking-policy.ts';

/** What is masked in a result, as plain data that can be sent to a thread. */
export interface MaskPlan {
  readonly encoding: ResultEncoding;
  /** The result's columns, as the warehouse returned them. */
  readonly columns: readonly ResultColumn[];
  readonly masks: readonly Pick<OutputMask, 'output' | 'policy'>[];
}

/**
 * Masks a chunk, given its bytes and number of rows.
 * @throws SluiceError `internal` when the bytes do not match the plan.
 */
export type MaskChunk = (bytes: Uint8Array, rowCount: number) => Uint8Array;

/** The columns of a masked result: unchanged, except that masked ones are nullable. */
export function maskedColumns({ columns, masks }: Omit<MaskPlan, 'encoding'>): readonly ResultColumn[] {
  const hidden = new Set(masks.map(({ output }) => output));
  return columns.map((column, index) => {
    if (!hidden.has(index)) return column;
    // What a mask leaves of a document need not be of its types any more.
    const { structure: _, ...shown } = column;
    return { ...shown, nullable: true };
  });
}

/**
 * Compiles a plan, so that as much as possible is computed once, before the first chunk.
 *
 * @throws SluiceError `internal` when a mask names a column that the result does not have.
 */
export async function compileMasks(
  { encoding, columns, masks }: MaskPlan,
  keys: MaskingKeys,
): Promise<MaskChunk> {
  const byColumn = columns.map((): ColumnMask[] => []);
  for (const { output, policy } of masks) {
    const column = columns[output];
    if (column === undefined) throw shapeError(columns.length, output + 1);
    byColumn[output]!.push(compileMask(policy, column, keys));
  }
  const inEach = byColumn.map((steps) => (steps.length === 0 ? null : inTurn(steps)));
  switch (encoding) {
    case 'json':
      return (bytes, rowCount) => maskJson(bytes, rowCount, inEach);
    case 'arrow': {
      // Loaded on demand: the module is large, and most relays never need it.
      const { maskArrow } = await import('./mask-arrow.ts');
      return (bytes, rowCount) => maskArrow(bytes, rowCount, columns, inEach);
    }
    default:
      return encoding satisfies never;
  }
}

/**
 * The gate's check before a result is masked by column position: the result must have as many columns as the decision
 * was based on.
 *
 * @throws SluiceError `internal` when it has not.
 */
export function checkShape(understood: number, columns: readonly ResultColumn[]): void {
  if (columns.length !== understood) throw shapeError(columns.length, understood);
}

function inTurn(steps: readonly ColumnMask[]): ColumnMask {
  return (cells) => steps.reduce((masked, step) => step(masked), cells);
}

function shapeError(found: number, expected: number): SluiceError {
  return new SluiceError('internal', `the result has ${found} columns where ${expected} were expected`, {
    advice: 'name the columns one by one instead of `*`, and run it again',
  });
}
