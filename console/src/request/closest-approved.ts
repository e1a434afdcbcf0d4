import type { ApprovalView } from '@sluice/contract';

export type Similar = ApprovalView['similar'][number];

/**
 * Of the statements that people agreed to, the one that is most like this; null when none is much like it, and when this
 * very text is among them.
 */
export function closestApproved({ kind, sql, similar }: ApprovalView): Similar | null {
  if (kind !== 'statement') return null;
  const agreed = similar.filter((one) => one.kind === 'statement' && AGREED.has(one.phase));
  if (agreed.some(({ sameText }) => sameText)) return null;
  const own = wordsOf(sql);
  let [closest, most] = [null as Similar | null, ALIKE];
  for (const one of agreed) {
    const alike = likeness(own, wordsOf(one.sql));
    if (alike > most) [closest, most] = [one, alike];
  }
  return closest;
}

const AGREED: ReadonlySet<string> = new Set(['approved', 'used']);
/** With less in common, a comparison says less than either text. */
const ALIKE = 0.4;

function wordsOf(sql: string): ReadonlySet<string> {
  return new Set(sql.match(/[\p{L}\p{N}_$]+|[^\s]/gu));
}

/** The share of words that both have: 0 to 1. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const both = one.intersection(other).size;
  return both / Math.max(1, one.size + other.size - both);
}
