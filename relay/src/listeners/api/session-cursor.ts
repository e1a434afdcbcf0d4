import { SluiceError } from '../../errors.ts';
interface Place {
  readonly openedAt: string;
  readonly session: string;
}

/** Where a list of sessions goes on; null when this was its last page. */
export function sessionCursor(page: readonly Place[], limit: number): string | null {
  const last = page.at(-1);
  return last === undefined || page.length < limit ? null : writeSessionCursor(last);
}

/** `OPENED_AT~SESSION`, of the last session that was looked at. */
export function writeSessionCursor({ openedAt, session }: Place): string {
  return `${openedAt}~${session}`;
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
