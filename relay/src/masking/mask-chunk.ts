import { SluiceError } from '../errors.ts';
import type { ResultColumn, ResultEncoding } from '../warehouse/index.ts';
import type { CellMask } from './cell.ts';
import { compileMask } from './compile-mask.ts';
import type { MaskingKeys } from './keys.ts';
import { maskJson } from './mask-json.ts';
import type { OutputMask } from './masking-policy.ts';
import { createRemembering } from './remembered.ts';

/** What is masked in a result, as plain data: a thread can be told it. */
export interface MaskPlan {
  readonly encoding: ResultEncoding;
  /** The result's, as they came. */
  readonly columns: readonly ResultColumn[];
  readonly masks: readonly Pick<OutputMask, 'output' | 'policy'>[];
}

/** A chunk's bytes and its number of rows, masked. Throws `internal` where they are not what the plan says. */
export type MaskChunk = (bytes: Uint8Array, rowCount: number) => Uint8Array;

/** The columns of a masked result: as they came, except that a masked one may hold nulls. */
export function maskedColumns({ columns, masks }: Omit<MaskPlan, 'encoding'>): readonly ResultColumn[] {
  const hidden = new Set(masks.map(({ output }) => output));
  return columns.map((column, index) => (hidden.has(index) ? { ...column, nullable: true } : column));
}

/**
 * Makes a plan ready for its chunks: all that can be worked out once is, before the first one. Throws `internal` when
 * a mask names a column that the result does not have: nothing passes then.
 */
export async function compileMasks(
  { encoding, columns, masks }: MaskPlan,
  keys: MaskingKeys,
): Promise<MaskChunk> {
  const byColumn = columns.map((): CellMask[] => []);
  const remembering = createRemembering();
  for (const { output, policy } of masks) {
    const column = columns[output];
    if (column === undefined) throw shapeError(columns.length, output + 1);
    byColumn[output]!.push(compileMask(policy, column, keys, remembering));
  }
  const inEach = byColumn.map((steps) => (steps.length === 0 ? null : inTurn(steps)));
  switch (encoding) {
    case 'json':
      return (bytes, rowCount) => maskJson(bytes, rowCount, inEach);
    case 'arrow': {
      // It is large, and most relays never need it.
      const { maskArrow } = await import('./mask-arrow.ts');
      return (bytes, rowCount) => maskArrow(bytes, rowCount, columns, inEach);
    }
    default:
      return encoding satisfies never;
  }
}

/**
 * The gate's check before a result is masked by position: a result that has other columns than were
 * understood is not what was decided on. Throws `internal`.
 */
export function checkShape(understood: number, columns: readonly ResultColumn[]): void {
  if (columns.length !== understood) throw shapeError(columns.length, understood);
}

function inTurn(steps: readonly CellMask[]): CellMask {
  if (steps.length === 1) return steps[0]!;
  return (cell) =>
    steps.reduce<string | null>((masked, step) => (masked === null ? null : step(masked)), cell);
}

function shapeError(found: number, expected: number): SluiceError {
  return new SluiceError('internal', `the result has ${found} columns where ${expected} were expected`, {
    advice: 'name the columns one by one instead of `*`, and run it again',
  });
}
