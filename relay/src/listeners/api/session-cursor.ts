import { SluiceError } from '../../errors.ts';
import type { SessionSummary } from '../../recording/index.ts';

/** Where a list of sessions goes on, as `OPENED_AT~SESSION`; null when this was its last page. */
export function sessionCursor(
  page: readonly (Pick<SessionSummary, 'openedAt' | 'session'> & { readonly isRelay?: boolean })[],
  limit: number,
): string | null {
  const own = page.filter(({ isRelay }) => isRelay !== true);
  const last = own.at(-1);
  return last === undefined || own.length < limit ? null : `${last.openedAt}~${last.session}`;
}

/** @throws SluiceError `request_malformed`. */
export function readSessionCursor(cursor: string): { readonly openedAt: string; readonly session: string } {
  const [openedAt = '', session = '', ...rest] = cursor.split('~');
  if (rest.length === 0 && !Number.isNaN(Date.parse(openedAt)) && /^[0-9a-f-]{36}$/.test(session)) {
    return { openedAt, session };
  }
  throw new SluiceError('request_malformed', 'the cursor is not one of this list', {
    advice: 'send `next` of the page before',
  });
}
