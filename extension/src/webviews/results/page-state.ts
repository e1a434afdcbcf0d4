import { z } from 'zod';
import type { HistoryShown, ShownRun } from '../../results/messages.ts';
import type { PageBridge } from './bridge.ts';
import { AT_START, type Selection } from './grid/selection.ts';

/** What the extension has told, and what the person has chosen: the latter is kept while the tab is hidden. */
export interface PageState {
  told(): Told;
  kept(): Kept;
  keep(changes: Partial<Kept>): void;
  subscribe(listener: () => void): () => void;
}

export interface Told {
  /** Undefined until it has been told. */
  readonly run: ShownRun | null | undefined;
  readonly history: readonly HistoryShown[];
  /** The last thing that happened, to be read out. */
  readonly said: string;
}

const place = z.strictObject({ row: z.int().nonnegative(), column: z.int().nonnegative() });
const kept = z.strictObject({
  /** Whose the rest is: another result begins at its start. */
  run: z.string().nullable(),
  tab: z.enum(['rows', 'chart']),
  /** The row at the top, as a fraction. */
  top: z.number().nonnegative(),
  left: z.number().nonnegative(),
  selection: z.strictObject({ active: place, anchor: place }),
  widths: z.record(z.string(), z.number().positive()),
  axes: z.strictObject({ x: z.int(), y: z.int() }).nullable(),
});
export type Kept = z.infer<typeof kept>;

function fresh(run: string | null): Kept {
  const selection: Selection = AT_START;
  return { run, tab: 'rows', top: 0, left: 0, selection, widths: {}, axes: null };
}

export function createPageState(bridge: PageBridge): PageState {
  const listeners = new Set<() => void>();
  const before = kept.safeParse(bridge.kept());
  let own: Kept = before.success ? before.data : fresh(null);
  let told: Told = { run: undefined, history: [], said: '' };
  const change = () => {
    for (const listener of listeners) listener();
  };
  bridge.onTold((message) => {
    switch (message.type) {
      case 'run':
        told = { ...told, run: message.run };
        if (message.run !== null && message.run.id !== own.run) {
          own = fresh(message.run.id);
          bridge.keep(own);
        }
        break;
      case 'history':
        told = { ...told, history: message.entries };
        break;
      case 'said':
        told = { ...told, said: message.text };
        break;
      case 'rows':
      case 'cell':
      case 'chart':
      case 'refused':
        return;
      default:
        message satisfies never;
    }
    change();
  });
  return {
    told: () => told,
    kept: () => own,
    keep(changes) {
      own = { ...own, ...changes };
      bridge.keep(own);
      change();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
