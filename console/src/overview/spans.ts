import type { ActivityView, Overview } from '@sluice/contract';
import type { Span } from '../relay/overview.ts';
import type { Range } from './search.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RANGES = {
  day: { by: 'hour', steps: 24 },
  week: { by: 'hour', steps: 7 * 24 },
  month: { by: 'day', steps: 30 },
  quarter: { by: 'day', steps: 90 },
} as const;

/** Whole hours or days, up to and with the current one. */
export function spanOf(range: Range, now: number): Span {
  const { by, steps } = RANGES[range];
  const step = by === 'hour' ? HOUR_MS : DAY_MS;
  const before = (Math.floor(now / step) + 1) * step;
  return { since: iso(before - steps * step), before: iso(before), by };
}

/** Each step of a span, also those in which nothing happened; of a week, by six hours. */
export function stepsOf(span: Span, range: Range, { activity }: Overview): readonly Step[] {
  const unit = span.by === 'day' ? DAY_MS : range === 'week' ? 6 * HOUR_MS : HOUR_MS;
  const since = Date.parse(span.since);
  const count = Math.ceil((Date.parse(span.before) - since) / unit);
  const steps = Array.from({ length: count }, (_, index) => ({
    ...NOTHING,
    at: iso(since + index * unit),
    until: iso(since + (index + 1) * unit),
  }));
  for (const one of activity) {
    const step = steps[Math.floor((Date.parse(one.at) - since) / unit)];
    if (step === undefined) continue;
    for (const name of COUNTED) step[name] += one[name];
  }
  return steps;
}

/** A bar of a plot. */
export interface Step extends ActivityView {
  readonly until: string;
}

export type Counted = Exclude<keyof ActivityView, 'at'>;

const NOTHING = {
  allow: 0,
  mask: 0,
  ask: 0,
  block: 0,
  asked: 0,
  approved: 0,
  denied: 0,
  lapsed: 0,
  refused: 0,
  bypassed: 0,
  found: 0,
  failed: 0,
  sessions: 0,
};
const COUNTED = Object.keys(NOTHING) as readonly Counted[];

export function totalOf(steps: readonly Step[], ...names: readonly Counted[]): number {
  return steps.reduce((sum, step) => sum + names.reduce((part, name) => part + step[name], 0), 0);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
