import { coarsenDate } from './dates.ts';
import { toNull, type CellMask, type ColumnShape } from './cell.ts';
import { detectMask } from './detect-mask.ts';
import { jsonMask } from './json-mask.ts';
import type { MaskingKeys } from './keys.ts';
import type { MaskingPolicy } from './masking-policy.ts';
import { coarsenNumber } from './numbers.ts';
import { constant, partial, redact } from './simple-masks.ts';
import { createRemembering, type Remembering } from './remembered.ts';
import { tokenMask } from './token.ts';

/**
 * Compiles a policy for one column, so that as much as possible is computed once, before the first row.
 * @param remembering the cache that the masks of one result share.
 */
export function compileMask(
  policy: MaskingPolicy,
  column: ColumnShape,
  keys: MaskingKeys,
  remembering: Remembering = createRemembering(),
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
    case 'token':
      return tokenMask(policy.domain, column, keys, remembering);
    case 'date':
      return coarsenDate(policy.to, column);
    case 'number':
      return coarsenNumber(policy.step, column);
    case 'json':
      return jsonMask(policy.paths, column, (inner, shape) => compileMask(inner, shape, keys, remembering));
    case 'detect':
      return detectMask(policy.detectors, column);
    default:
      return policy satisfies never;
  }
}
