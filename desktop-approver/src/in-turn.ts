/**
 * Runs one thing after the other, in the order in which they were asked for. Each caller gets what became of its own; one that
 * fails does not keep the next from running.
 */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}
