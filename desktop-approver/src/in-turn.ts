/**
 * Runs one thing after the other, in the order in which they were asked for. Each caller gets what became of its own; one that
 * fails does not keep the next from running. The relay has one of its own: what the two programs share is what they say to each other, and a
 * few lines of a promise are no reason for a package between them.
 */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}
