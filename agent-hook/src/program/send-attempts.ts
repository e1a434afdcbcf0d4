import type { HookSettings } from './hook-settings.ts';
import type { Spool } from './spool.ts';

/** In one go; the next attempt sends the rest. */
const MOST_SENT = 50;
const PATIENCE_MS = 10_000;

export interface Sent {
  readonly sent: number;
  /** That the relay would not take, ever: taken away. */
  readonly refused: number;
  readonly waiting: number;
  /** Why some wait; null when none does. */
  readonly why: string | null;
}

/** Sends what is kept to the relay. What cannot be sent now waits for the next time. */
export async function sendAttempts(
  spool: Spool,
  { url, token }: Pick<HookSettings, 'url' | 'token'>,
  fetched: typeof fetch = fetch,
): Promise<Sent> {
  const waiting = (why: string): Sent => ({ sent: 0, refused: 0, waiting: spool.count(), why });
  if (url === null || !URL.canParse(url)) return waiting('no relay is named');
  if (token === null) return waiting('nobody is signed in');
  let [sent, refused] = [0, 0];
  let why: string | null = null;
  for (const kept of spool.take(MOST_SENT)) {
    const status: number | null = why === null ? await statusOf(kept.report, { url, token }, fetched) : null;
    if (status === 204) {
      sent += 1;
      kept.done();
    } else if (status === 400 || status === 413 || status === 415) {
      refused += 1;
      kept.done();
    } else {
      why ??= status === null ? 'the relay does not answer' : `the relay answers ${status}`;
      kept.putBack();
    }
  }
  return { sent, refused, waiting: spool.count(), why };
}

async function statusOf(
  report: string,
  { url, token }: { readonly url: string; readonly token: string },
  fetched: typeof fetch,
): Promise<number | null> {
  try {
    const { status } = await fetched(new URL('./api/attempts', url.endsWith('/') ? url : `${url}/`), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: report,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return status;
  } catch {
    return null;
  }
}
