import { SluiceError } from '../errors.ts';
import { shown, word } from '../text/index.ts';
import type { AccessRequest } from './approval-request.ts';
import { boundsOf } from './grant-bounds.ts';
import { rowsUpTo } from './grant-rows.ts';

/**
 * Whether this may be asked for ahead: statements like it can be told from others, and the policy lets people ask for
 * so much.
 *
 * @param now milliseconds since the epoch.
 * @throws `access_not_for_asking`, `request_malformed`.
 */
export function checkAskable(request: AccessRequest, now: number): void {
  const { terms, decision } = request;
  const { ask } = decision;
  const { seconds, rows, rowsInAll } = terms;
  const longest = ask.accessUpToSeconds ?? 0;
  if (longest === 0) {
    throw refused(shown`the policy lets nobody ask ahead for what rule ${word(decision.rule)} asks about`, {
      advice: 'send the statement when you need it: it is asked about then',
    });
  }
  if (boundsOf(request) === null) {
    throw refused(shown`statements like this one cannot be told from others`, {
      advice:
        'ask for one query, INSERT, UPDATE, DELETE or MERGE that is fully understood, with values only where columns are compared or set',
    });
  }
  if (seconds > longest) {
    throw refused(shown`the policy lets nobody ask for more than ${longest} seconds`, {
      advice: 'ask for less time',
    });
  }
  const most = rowsUpTo(ask);
  if (rows > most || rowsInAll > most) {
    throw refused(shown`the policy lets nobody ask for more than ${most} rows`, {
      advice: 'ask for fewer rows',
    });
  }
  if (rowsInAll < rows) {
    throw new SluiceError(
      'request_malformed',
      'the number of rows in all is smaller than the number for each statement',
    );
  }
  checkBeginning(terms, now);
}

/** Further ahead, nobody knows what they are asked to agree to. Milliseconds: a week. */
const FURTHEST_MS = 7 * 86_400_000;

function checkBeginning({ from, seconds }: AccessRequest['terms'], now: number): void {
  if (from === null) return;
  const begins = Date.parse(from);
  // Put so that a time that is not a number is refused.
  if (!(begins + seconds * 1000 > now)) {
    throw new SluiceError('request_malformed', 'it would be over by now', { advice: 'ask for a later time' });
  }
  if (!(begins <= now + FURTHEST_MS)) {
    throw refused(shown`it begins more than ${FURTHEST_MS / 86_400_000} days from now`, {
      advice: 'ask for it nearer to that time',
    });
  }
}

function refused(why: ReturnType<typeof word>, { advice }: { readonly advice: string }): SluiceError {
  return new SluiceError('access_not_for_asking', why, { advice });
}
