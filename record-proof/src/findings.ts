/** What is not as it was recorded: docs/recording-format.md, "Findings". */
export interface Finding {
  readonly what: (typeof PRECEDENCE)[number];
  /** Of the event that it is about; null when it is about none. */
  readonly seq: number | null;
  /** One sentence, without a final period. */
  readonly why: string;
}

const PRECEDENCE = ['unreadable', 'altered', 'reordered', 'removed', 'forged', 'unsigned'] as const;
const MOST = 100;

/** The first of each event, in the order of events; those about none come last. */
export function inOrder(found: readonly Finding[]): readonly Finding[] {
  const place = ({ seq }: Finding) => seq ?? Number.MAX_SAFE_INTEGER;
  const rank = ({ what }: Finding) => PRECEDENCE.indexOf(what);
  return found
    .toSorted((one, other) => place(one) - place(other) || rank(one) - rank(other))
    .filter(({ seq }, index, all) => seq === null || seq !== all[index - 1]?.seq)
    .slice(0, MOST);
}
