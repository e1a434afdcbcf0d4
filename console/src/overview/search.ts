export const RANGES = ['day', 'week', 'month', 'quarter'] as const;
export type Range = (typeof RANGES)[number];

/** What of the overview its address holds. */
export interface OverviewSearch {
  readonly range?: Range;
}

export function overviewSearch(search: Readonly<Record<string, unknown>>): OverviewSearch {
  const range = RANGES.find((one) => one === search['range']);
  return range === undefined ? {} : { range };
}
