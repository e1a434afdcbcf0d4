/**
 * Shows how far a long run has come, on one line that is written over and cleared at its end. Undefined unless somebody
 * is looking: a program that reads the stream wants none of it.
 */
export function progressOn(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  now: () => number = performance.now.bind(performance),
): ((read: number, of: number) => void) | undefined {
  if (!stream.isTTY) return undefined;
  let shown = now();
  let isLineUsed = false;
  return (read, of) => {
    const isDone = read >= of;
    if (isDone && isLineUsed) stream.write(CLEAR);
    if (isDone || now() - shown < EVERY_MS) return;
    [shown, isLineUsed] = [now(), true];
    const percent = Math.floor((100 * read) / of);
    stream.write(`${CLEAR}${percent} % of ${of} events`);
  };
}

const EVERY_MS = 500;
/** To the beginning of the line, and clears it. */
const CLEAR = '\r\u001b[K';
