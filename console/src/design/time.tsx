import { useNow } from './now.ts';
import { ago, exact, left } from './durations.ts';
import { WORDS } from '../words.ts';

/** How long ago something was, with the exact time in the viewer's zone beside it. */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow(30_000);
  return (
    <time dateTime={at} title={exact(at)}>
      {ago(now - Date.parse(at))}
    </time>
  );
}

/** How long there is until something ends. Not announced as it ticks. */
export function Left({ until }: { readonly until: string }) {
  const now = useNow(1_000);
  const ms = Date.parse(until) - now;
  return (
    <time
      dateTime={until}
      title={exact(until)}
      className={ms < SOON_MS ? 'left-soon' : undefined}
      role="timer"
      aria-live="off"
    >
      {ms <= 0 ? WORDS.time.over : WORDS.time.left(left(ms))}
    </time>
  );
}

const SOON_MS = 5 * 60_000;

/** A sentence of the relay's, with the instants in it said in the viewer's zone. */
export function Timed({ text }: { readonly text: string }) {
  return text.split(INSTANT).map((part, index) =>
    index % 2 === 1 ? (
      <time key={index} dateTime={part} title={part}>
        {exact(part)}
      </time>
    ) : (
      part
    ),
  );
}

const INSTANT = /\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/;
