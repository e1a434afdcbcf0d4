import type { Explanation } from '@sluice/contract';
import { WORDS } from '../words.ts';

const words = WORDS.agents.explained;

/** What would become of a statement: it runs, runs with masks, is held until people agree, or is refused. */
export type Verdict = 'runs' | 'masked' | 'held' | 'refused';

/** The relay's analysis in plain English. Its texts quote names of other people's: they are to be shown as plain text. */
export interface Explained {
  readonly verdict: Verdict;
  readonly headline: string;
  /** A sentence each: what it reads and changes, what is masked, who has to agree and why. */
  readonly lines: readonly string[];
  /** What would be allowed instead, if the relay knows; null if it does not. */
  readonly advice: string | null;
}

export function explained(explanation: Explanation): Explained {
  const verdict = verdictOf(explanation);
  return {
    verdict,
    headline: words.headlines[verdict],
    lines: [...touched(explanation), ...outcome(explanation, verdict)],
    advice: adviceOf(explanation),
  };
}

function verdictOf({ error, asks, decision }: Explanation): Verdict {
  if (error !== null || decision.effect === 'block') return 'refused';
  if (asks !== null || decision.effect === 'ask') return 'held';
  return decision.effect === 'mask' || decision.masks.length > 0 || decision.computedOn !== undefined
    ? 'masked'
    : 'runs';
}

/** By what is done to them. */
function touched({ understanding }: Explanation): readonly string[] {
  const { objects, kind, understood } = understanding;
  if (!understood) return [];
  const byAccess = Map.groupBy(objects, ({ access }) => access);
  const lines = [...byAccess].map(([access, found]) =>
    words.touches(
      access,
      [...new Set(found.map(({ name }) => name))],
      access === 'read' ? '' : kind.name.replaceAll('_', ' '),
    ),
  );
  return lines.length === 0 ? [words.touchesNothing(kind.name.replaceAll('_', ' '))] : lines;
}

function outcome({ decision, asks, error, understanding }: Explanation, verdict: Verdict): readonly string[] {
  if (verdict === 'refused') return [error?.message ?? decision.reason];
  const outputs = understanding.outputs;
  const nameOf = (output: number) => outputs[output]?.name ?? words.column(output + 1);
  const masks = decision.masks.map(({ output, method, because }) =>
    words.mask(nameOf(output), method, because),
  );
  const { computedOn } = decision;
  return [
    ...(asks === null ? [] : [words.asks(asks), words.why(decision.reason, decision.rule)]),
    ...(masks.length === 0 ? [] : [words.masked(masks)]),
    ...(computedOn?.rows ? [words.rowsComputedOn(computedOn.rows.on, computedOn.rows.because)] : []),
    ...(computedOn?.outputs ?? []).map(({ output, on, because }) =>
      words.computedOn(nameOf(output), on, because),
    ),
    ...(masks.length === 0 && verdict === 'runs' ? [words.nothingMasked] : []),
  ];
}

/** Some refusals only repeat what the statement does: that is no advice. */
function adviceOf({ decision, error }: Explanation): string | null {
  const said = error?.advice ?? decision.advice ?? '';
  return said === '' || said === decision.sentence ? null : said;
}
