import type { MaskPlan } from './mask-chunk.ts';
import type { MaskingPolicy } from './masking-policy.ts';

/**
 * How many bytes a chunk may have once it is masked: rather more than it will. One driver makes room for that many, and
 * no more, before it reads the chunk (driver protocol, section 7).
 *
 * @param chunk its rows, and its bytes as they come.
 */
export function maskedSize(
  { masks }: Pick<MaskPlan, 'masks'>,
  { rowCount, bytes }: { readonly rowCount: number; readonly bytes: number },
): number {
  return masks.reduce((size, { policy }) => size + growthOf(policy, rowCount, bytes), bytes);
}

/** Bytes that a mask may add to a chunk, as JSON within JSON at worst. */
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
        // How often a wildcard applies is not known: what it masks is hardly shorter than a third of its token.
        (sum, { path, policy: inner }) =>
          sum + (path.includes('*') ? 2 * bytes : growthOf(inner, rows, bytes)),
        SHORT * rows,
      );
    default:
      return policy satisfies never;
  }
}

/** A number of as many digits as there are, or what stands for a value that is not shown. */
const SHORT = 48;
/** 24 characters, or the 64 of a hash, with quotes. */
const TOKEN = 72;
