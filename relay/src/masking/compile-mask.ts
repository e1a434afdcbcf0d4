import { coarsenDate } from './dates.ts';
import { type CellMask, type ColumnMask, type ColumnShape, each, toNull } from './cell.ts';
import { detectMask } from './detect-mask.ts';
import { jsonMask } from './json-mask.ts';
import type { MaskingKeys } from './keys.ts';
import type { MaskingPolicy } from './masking-policy.ts';
import { coarsenNumber } from './numbers.ts';
import { constant, partial, redact } from './simple-masks.ts';
import { tokenMask } from './token.ts';

/** Compiles a policy for one column, so that as much as possible is computed once, before the first row. */
export function compileMask(policy: MaskingPolicy, column: ColumnShape, keys: MaskingKeys): ColumnMask {
  switch (policy.method) {
    case 'token':
      return tokenMask(policy.domain, column, keys);
    case 'json':
      return jsonMask(policy.paths, column, (inner, shape) => compileMask(inner, shape, keys));
    case 'redact':
    case 'null':
    case 'constant':
    case 'partial':
    case 'date':
    case 'number':
    case 'detect':
      return each(cellMask(policy, column));
    default:
      return policy satisfies never;
  }
}

function cellMask(
  policy: Exclude<MaskingPolicy, { readonly method: 'token' | 'json' }>,
  column: ColumnShape,
): CellMask {
  switch (policy.method) {
    case 'redact':
      return redact(column);
    case 'null':
      return toNull;
    case 'constant':
      return constant(policy.value, column);
    case 'partial':
      return partial(policy.keepFirst, policy.keepLast, column);
    case 'date':
      return coarsenDate(policy.to, column);
    case 'number':
      return coarsenNumber(policy.step, column);
    case 'detect':
      return detectMask(policy.detectors, column);
    default:
      return policy satisfies never;
  }
}
