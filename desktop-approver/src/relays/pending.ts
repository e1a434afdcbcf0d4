import { type ApprovalSummary, byUrgency } from '@sluice/contract';

/** The requests that one person may decide on, as this device knows them. No more than so many are kept. */
export interface Pending {
  /** Riskiest first. */
  all(): readonly ApprovalSummary[];
  /** The newest state of one, as the live channel tells it. */
  update(approval: ApprovalSummary): readonly PendingNews[];
  /** From now on, until `returned`, nobody is told anything: what is missed is told together. */
  away(): void;
  /**
   * What the relay lists now. What was missed since `away`, if anything was known before it.
   *
   * @param ended those that ended last, newest first.
   */
  returned(pending: readonly ApprovalSummary[], ended: readonly ApprovalSummary[]): readonly PendingNews[];
  /** To go on with after a restart. */
  seen(): Seen;
}

export type PendingNews =
  | { readonly type: 'asked'; readonly approval: ApprovalSummary }
  | {
      readonly type: 'missed';
      readonly came: readonly ApprovalSummary[];
      readonly went: readonly ApprovalSummary[];
    };

/** What was heard of until the app ended or lost the relay; times by the relay's clock. */
export interface Seen {
  /** When the newest request was asked that was heard of; null when nothing ever was. */
  readonly newest: string | null;
  /** Ids of those that were heard of last. */
  readonly ids: readonly string[];
  /** Ids of those that waited. */
  readonly waiting: readonly string[];
}

export interface PendingOptions {
  readonly person: { readonly id: string; readonly groups: readonly string[] };
  readonly seen: Seen;
}

const MOST = 500;
const MOST_SEEN = 1_000;
/** Replicas' clocks differ: what was asked a little before the newest one may not have been heard of. */
const CLOCKS_DIFFER_MS = 120_000;

export const NOTHING_SEEN: Seen = { newest: null, ids: [], waiting: [] };

export function createPending({ person, seen }: PendingOptions): Pending {
  const waiting = new Map<string, ApprovalSummary>();
  const heard = new Set(seen.ids);
  /** Of those that the live channel told of: a list that was read before is older. */
  const revisions = new Map<string, number>();
  let newest = seen.newest;
  /** What waited when the relay was last heard; null while it is heard. */
  let before: ReadonlySet<string> | null = new Set(seen.waiting);

  const isMine = ({ requester, approvers, approvedBy }: ApprovalSummary) =>
    requester.id !== person.id &&
    !approvedBy.some(({ id }) => id === person.id) &&
    approvers.some((group) => person.groups.includes(group));
  const note = ({ id, askedAt }: ApprovalSummary): boolean => {
    const isNew = !heard.has(id);
    heard.delete(id);
    heard.add(id);
    if (heard.size > MOST_SEEN) heard.delete(heard.values().next().value!);
    if (newest === null || askedAt > newest) newest = askedAt;
    return isNew;
  };
  const keep = (approval: ApprovalSummary) => {
    waiting.set(approval.id, approval);
    if (waiting.size <= MOST) return;
    const least = [...waiting.values()].sort(byUrgency).at(-1)!;
    waiting.delete(least.id);
  };

  return {
    all: () => [...waiting.values()].sort(byUrgency),
    update(approval) {
      if ((revisions.get(approval.id) ?? -1) >= approval.revision) return [];
      revisions.set(approval.id, approval.revision);
      if (revisions.size > MOST_SEEN) revisions.delete(revisions.keys().next().value!);
      if (approval.phase !== 'asked' || !isMine(approval)) {
        waiting.delete(approval.id);
        // One that has ended is told of by `returned`, if that has not come.
        if (before === null) note(approval);
        return [];
      }
      keep(approval);
      // While the relay is coming back, `returned` tells of it.
      return before === null && note(approval) ? [{ type: 'asked', approval }] : [];
    },
    away() {
      before ??= new Set(waiting.keys());
    },
    returned(pending, ended) {
      const mine = pending.filter((one) => one.phase === 'asked' && isMine(one));
      const asked = mine.filter(({ id }) => !heard.has(id));
      const isFirst = newest === null;
      const since = isFirst ? null : Date.parse(newest!) - CLOCKS_DIFFER_MS;
      const gone = ended.filter((one) => isMine({ ...one, approvedBy: [] }));
      const came = gone.filter(
        ({ id, askedAt }) => since !== null && !heard.has(id) && Date.parse(askedAt) >= since,
      );
      const went = gone.filter(({ id }) => before?.has(id) === true);
      // What was told since the lists were asked for is newer.
      const told = new Map(waiting);
      waiting.clear();
      for (const one of mine) {
        const isOld = (revisions.get(one.id) ?? -1) > one.revision;
        const newest = isOld ? told.get(one.id) : one;
        if (newest !== undefined) keep(newest);
      }
      for (const one of [...ended, ...mine]) note(one);
      const isMissed = before !== null && came.length + went.length > 0;
      before = null;
      return [
        ...(isMissed ? [{ type: 'missed', came, went } as const] : []),
        ...asked.map((approval) => ({ type: 'asked', approval }) as const),
      ];
    },
    seen: () => ({ newest, ids: [...heard], waiting: [...waiting.keys()] }),
  };
}
