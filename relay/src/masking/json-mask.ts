import type { CellMask, ColumnShape } from './cell.ts';
import { isObject, parseJson } from './json.ts';
import { redact } from './simple-masks.ts';
import type { JsonPathMask, MaskingPolicy } from './masking-policy.ts';

/** Compiles a mask for one value inside a document. */
export type CompileInner = (policy: MaskingPolicy, shape: ColumnShape) => CellMask;

/**
 * Masks what lies at some paths of a document, and keeps the rest as it is, digits of numbers included.
 * Where the document has another shape than the path, what stands in the way is masked.
 */
export function jsonMask(
  paths: readonly JsonPathMask[],
  column: ColumnShape,
  compile: CompileInner,
): CellMask {
  const redacted = redact(column);
  const steps = paths.map(({ path, policy }) => ({ path, mask: compile(policy, INNER) }));
  return (cell) => {
    try {
      let document = parseJson(cell);
      for (const { path, mask } of steps) document = maskAt(document, path, 0, mask);
      return JSON.stringify(document);
    } catch {
      return redacted(cell);
    }
  };
}

const INNER: ColumnShape = { name: '', type: 'variant', precision: null, scale: null, length: null };

function maskAt(value: unknown, path: readonly string[], at: number, mask: CellMask): unknown {
  if (value === null) return null;
  if (at === path.length) return maskWhole(value, mask);
  const key = path[at]!;
  if (Array.isArray(value)) {
    // An array where a key was expected: the path goes on inside each element.
    return value.map((element: unknown) => maskAt(element, path, key === '*' ? at + 1 : at, mask));
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        key === '*' || name === key ? maskAt(inner, path, at + 1, mask) : inner,
      ]),
    );
  }
  return maskWhole(value, mask);
}

function maskWhole(value: unknown, mask: CellMask): unknown {
  const masked = mask(JSON.stringify(value));
  return masked === null ? null : parseJson(masked);
}
