/** Which objects any session has changed, and when, so that a transaction can tell whether it would still see what it saw. */
export interface Commits {
  /** Counts up with each commit. */
  now(): number;
  /** Told before a commit and again after it: whoever looks in between finds it either way. */
  changed(objects: Iterable<string>): void;
  hasChangedSince(object: string, since: number): boolean;
}

export function createCommits(): Commits {
  const changedAt = new Map<string, number>();
  let now = 0;
  return {
    now: () => now,
    changed(objects) {
      now += 1;
      for (const object of objects) changedAt.set(object, now);
    },
    hasChangedSince: (object, since) => (changedAt.get(object) ?? 0) > since,
  };
}
