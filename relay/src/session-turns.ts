/**
 * Whose turn it is in a session. Statements that leave the session as it is go side by side; one that may change
 * what names mean (USE, SET, DDL, a transaction, a block) goes alone: nothing is decided between its start and
 * its end. In order of arrival, so that none waits for ever.
 */
export interface SessionTurns {
  /** Waits for a turn. Rejects with the signal's reason when it aborts first. */
  take(how: TurnKind, signal: AbortSignal): Promise<Turn>;
}

export type TurnKind = 'shared' | 'alone';

export interface Turn {
  /** Once is enough; more does nothing. */
  end(): void;
}

interface Waiting {
  readonly how: TurnKind;
  readonly start: () => void;
}

export function createSessionTurns(): SessionTurns {
  const waiting: Waiting[] = [];
  let sharing = 0;
  let isAlone = false;

  function startNext(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (isAlone || (next.how === 'alone' && sharing > 0)) return;
      waiting.shift();
      if (next.how === 'alone') isAlone = true;
      else sharing += 1;
      next.start();
    }
  }

  function turnOf(how: TurnKind): Turn {
    let isOver = false;
    return {
      end() {
        if (isOver) return;
        isOver = true;
        if (how === 'alone') isAlone = false;
        else sharing -= 1;
        startNext();
      },
    };
  }

  return {
    take: (how, signal) =>
      new Promise((resolve, reject) => {
        const entry: Waiting = {
          how,
          start() {
            signal.removeEventListener('abort', leave);
            resolve(turnOf(how));
          },
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signal.reason as Error);
          // Those behind it may have waited for it alone.
          startNext();
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting.push(entry);
        startNext();
        // Who need not wait is not turned away: what has been sent is on the record, with what it meant.
        if (signal.aborted && waiting.includes(entry)) leave();
      }),
  };
}
