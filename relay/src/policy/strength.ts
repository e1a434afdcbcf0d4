import type { JsonPathMask, MaskingPolicy } from '../masking/index.ts';

/** The mask that shows least. Masks of parts of a document add up; a part and a whole mask make a redaction. */
export function strongest(policies: readonly MaskingPolicy[]): MaskingPolicy {
  return policies.reduce((first, second) => stronger(first, second));
}

function stronger(first: MaskingPolicy, second: MaskingPolicy): MaskingPolicy {
  if (first.method === 'json' && second.method === 'json') {
    return { method: 'json', paths: mergePaths([...first.paths, ...second.paths]) };
  }
  if (first.method === 'detect' && second.method === 'detect') {
    return { method: 'detect', detectors: [...new Set([...first.detectors, ...second.detectors])] };
  }
  if (first.method === 'token' && second.method === 'token') {
    // One value under two domains: to pick either would tie it to values that are not its equals.
    return first.domain === second.domain ? first : { method: 'redact' };
  }
  if (first.method === 'partial' && second.method === 'partial') {
    const keepFirst = Math.min(first.keepFirst, second.keepFirst);
    return { method: 'partial', keepFirst, keepLast: Math.min(first.keepLast, second.keepLast) };
  }
  // Each would show of the other's values what their own mask hides: which are equal, or how they begin.
  if (first.method !== second.method && SHOWING.has(first.method) && SHOWING.has(second.method)) {
    return { method: 'redact' };
  }
  const [less, more] = [first, second].sort((a, b) => strength(a) - strength(b)) as [
    MaskingPolicy,
    MaskingPolicy,
  ];
  // A part and a whole: whatever the whole's mask is, it was not made for a document.
  if (less.method === 'json' || less.method === 'detect') {
    return more.method === 'null' ? more : { method: 'redact' };
  }
  return more;
}

/** Masks that show something of a value, each another thing. */
const SHOWING: ReadonlySet<MaskingPolicy['method']> = new Set(['token', 'date', 'number', 'partial']);

/** Higher shows less. Within a method, what keeps more is weaker. */
function strength(policy: MaskingPolicy): number {
  switch (policy.method) {
    case 'null':
      return 90;
    case 'redact':
      return 80;
    case 'constant':
      return 70;
    case 'token':
      return 60;
    case 'date':
      return 50 + ['month', 'quarter', 'year'].indexOf(policy.to);
    case 'number':
      return 40 + Math.min(9, Math.max(0, Math.log10(policy.step)));
    case 'partial':
      return 30 - policy.keepFirst - policy.keepLast;
    case 'json':
      return 2;
    case 'detect':
      return 1;
    default:
      return policy satisfies never;
  }
}

function mergePaths(paths: readonly JsonPathMask[]): readonly JsonPathMask[] {
  const byPath = Map.groupBy(paths, ({ path }) => JSON.stringify(path));
  return [...byPath.values()].map((same) => ({
    path: same[0]!.path,
    policy: strongest(same.map(({ policy }) => policy)),
  }));
}
