import type { Decision } from '../policy/index.ts';
import type { ResultColumn } from '../warehouse/index.ts';
import type { Authorization } from './parts.ts';
import type { OutcomeColumn, StatementOutcome } from './statement-request.ts';

/** A result's columns with what the client must know to read them: what is masked, and what is not of the values. */
export function shownColumns(
  columns: readonly ResultColumn[],
  { decision }: Pick<Authorization, 'decision'>,
): readonly OutcomeColumn[] {
  const masks = shownMasks(decision);
  const substituted = byOutput(decision.computedOn?.outputs ?? []);
  return columns.map((column, index) => {
    const mask = masks.get(index);
    const computed = substituted.get(index);
    return {
      ...column,
      ...(mask === undefined ? {} : { masked: mask }),
      ...(computed === undefined ? {} : { computedOn: { on: computed.on, because: computed.because } }),
    };
  });
}

export interface ShownMask {
  readonly method: string;
  readonly because: string;
  readonly rule: string;
}

/** How outputs are masked, by their places. */
export function shownMasks(decision: Decision): ReadonlyMap<number, ShownMask> {
  const masks = byOutput('masks' in decision ? decision.masks : []);
  return new Map(
    [...masks].map(([output, { policy, because, rule }]) => [
      output,
      { method: policy.method, because, rule: rule ?? GENERAL },
    ]),
  );
}

/** The section of the policy that masks where no rule says how. */
const GENERAL = 'masks';

/** The first of each: a result may be thousands of columns wide. */
function byOutput<Item extends { readonly output: number }>(
  items: readonly Item[],
): ReadonlyMap<number, Item> {
  return new Map(items.toReversed().map((item) => [item.output, item]));
}

/** The same of a result's rows. */
export function rowsComputedOn({
  decision,
}: Pick<Authorization, 'decision'>): Pick<StatementOutcome, 'computedOn'> {
  const rows = decision.computedOn?.rows ?? null;
  return rows === null ? {} : { computedOn: rows };
}

/** Both, as the record has them. */
export function recordedComputedOn(decision: Decision): { computedOn?: RecordedComputedOn } {
  const computed = decision.effect === 'block' ? undefined : decision.computedOn;
  if (computed === undefined) return {};
  return { computedOn: { rows: computed.rows, outputs: [...computed.outputs] } };
}

type Found = NonNullable<Authorization['decision']['computedOn']>;

interface RecordedComputedOn {
  rows: Found['rows'];
  outputs: Found['outputs'][number][];
}
