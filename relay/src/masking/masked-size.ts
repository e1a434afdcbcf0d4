import type { MaskPlan } from './mask-chunk.ts';
import type { MaskingPolicy } from './masking-policy.ts';

/**
 * An upper estimate of a chunk's size in bytes once it is masked. One driver allocates exactly that much before it
 * reads the chunk (driver protocol, section 7).
 *
 * @param chunk its number of rows, and its size in bytes before masking.
 */
export function maskedSize(
  { masks }: Pick<MaskPlan, 'masks'>,
  { rowCount, bytes }: { readonly rowCount: number; readonly bytes: number },
): number {
  return masks.reduce((size, { policy }) => size + growthOf(policy, rowCount, bytes), bytes);
}

/** Number of bytes that a mask may add to a chunk; the worst case is JSON within JSON. */
function growthOf(policy: MaskingPolicy, rows: number, bytes: number): number {
  switch (policy.method) {
    case 'redact':
    case 'null':
    case 'partial':
    case 'date':
    case 'number':
    case 'detect':
      return SHORT * rows;
    case 'token':
      return TOKEN * rows;
    case 'constant':
      return Buffer.byteLength(JSON.stringify(JSON.stringify(policy.value))) * rows;
    case 'json':
      return policy.paths.reduce(
        // How often a wildcard matches is unknown. A value is rarely shorter than a third of its token.
        (sum, { path, policy: inner }) =>
          sum + (path.includes('*') ? 2 * bytes : growthOf(inner, rows, bytes)),
        SHORT * rows,
      );
    default:
      return policy satisfies never;
  }
}

/** Bytes of a number with the most digits, or of the replacement for a value that is not shown. */
const SHORT = 48;
/** Bytes of a token: 24 characters, or the 64 of a hash, with quotes. */
const TOKEN = 72;
