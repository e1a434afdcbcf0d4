/** What is looked for, as the address of the page says it. */
export interface SessionFilters {
  /** What some event has, and where it is looked for. */
  readonly q?: string;
  readonly in?: SearchKind;
  readonly person?: string;
  readonly agent?: string;
  readonly effect?: Effect;
  /** Up to now; or else from and to, ISO 8601. */
  readonly range?: Range;
  readonly since?: string;
  readonly before?: string;
}

export const SEARCH_KINDS = ['text', 'object', 'rule'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];
export const EFFECTS = ['allow', 'mask', 'ask', 'block'] as const;
export type Effect = (typeof EFFECTS)[number];
export const RANGES = ['1h', '24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];

/** Reads them from an address that anybody may have written: what is none is left out. */
export function readFilters(search: Readonly<Record<string, unknown>>): SessionFilters {
  const range = oneOf(RANGES, search['range']);
  const [kind, q] = searchedIn(search);
  const filters = {
    q,
    in: kind,
    person: text(search['person']),
    agent: text(search['agent']),
    effect: oneOf(EFFECTS, search['effect']),
    range,
    since: range === undefined ? instant(search['since']) : undefined,
    before: range === undefined ? instant(search['before']) : undefined,
  };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

export function isUnfiltered(filters: SessionFilters): boolean {
  return Object.keys(filters).length === 0;
}

/** What the relay is asked for. @param now milliseconds since the epoch. */
export function conditionsOf({ person, agent, effect, range, since, before }: SessionFilters, now: number) {
  const from = range === undefined ? since : new Date(now - MS[range]).toISOString();
  return {
    ...(person === undefined ? {} : { name: person }),
    ...(agent === undefined ? {} : { agent }),
    ...(effect === undefined ? {} : { effect }),
    ...(from === undefined ? {} : { since: from }),
    ...(before === undefined ? {} : { before }),
  };
}

const HOUR = 3_600_000;
const MS: Readonly<Record<Range, number>> = {
  '1h': HOUR,
  '24h': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
  '30d': 30 * 24 * HOUR,
};

/** As the page writes it, or by the name of what it is: `rule=NAME`. */
function searchedIn(search: Readonly<Record<string, unknown>>): [SearchKind | undefined, string | undefined] {
  for (const kind of SEARCH_KINDS) {
    const q = text(search[kind]);
    if (q !== undefined) return [kind, q];
  }
  return [oneOf(SEARCH_KINDS, search['in']), text(search['q'])];
}

/** An address may say a number, which the router reads as one. */
function text(value: unknown): string | undefined {
  const read = typeof value === 'number' ? String(value) : value;
  return typeof read === 'string' && read.trim() !== '' ? read.slice(0, LONGEST) : undefined;
}
const LONGEST = 200;

function oneOf<const Value extends string>(values: readonly Value[], value: unknown): Value | undefined {
  return values.find((one) => one === value);
}

function instant(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
