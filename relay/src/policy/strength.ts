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
  if (first.method === 'date' && second.method === 'date') {
    return FINER.indexOf(first.to) < FINER.indexOf(second.to) ? second : first;
  }
  if (first.method === 'number' && second.method === 'number') {
    return first.step < second.step ? second : first;
  }
  const [less, more] = SHOWN[first.method] > SHOWN[second.method] ? [first, second] : [second, first];
  // A part and a whole: whatever the whole's mask is, it was not made for a document. And two masks that show
  // something would each show of the other's values what their own mask hides: which are equal, or how they begin.
  if (SHOWN[less.method] === ALL_BUT_PARTS || SHOWN[more.method] === SOMETHING) {
    return more.method === 'null' ? more : { method: 'redact' };
  }
  return more;
}

const SOMETHING = 3;
const ALL_BUT_PARTS = 4;

/** How much a mask shows of a value. */
const SHOWN: Readonly<Record<MaskingPolicy['method'], number>> = {
  null: 0,
  redact: 1,
  constant: 2,
  token: SOMETHING,
  date: SOMETHING,
  number: SOMETHING,
  partial: SOMETHING,
  json: ALL_BUT_PARTS,
  detect: ALL_BUT_PARTS,
};

/** From the one that shows most. */
const FINER = ['month', 'quarter', 'year'];

function mergePaths(paths: readonly JsonPathMask[]): readonly JsonPathMask[] {
  const byPath = Map.groupBy(paths, ({ path }) => JSON.stringify(path));
  return [...byPath.values()].map((same) => ({
    path: same[0]!.path,
    policy: strongest(same.map(({ policy }) => policy)),
  }));
}
