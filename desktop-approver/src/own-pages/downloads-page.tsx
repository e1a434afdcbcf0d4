import { Button } from '@sluice/console/design/button.tsx';
import { Notice } from '@sluice/console/design/notice.tsx';
import { useEffect, useState } from 'react';
import type { DownloadsView } from '../ipc/download-calls.ts';
import { useApp, useAttempt } from './app.ts';
import { FileKey } from './file-key.tsx';
import { KeptSession } from './kept-session.tsx';
import { inBytes } from './quantities.ts';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

const words = WORDS.downloads;

/** What is kept on this computer: how much of it, what stays, and what may go. */
export function DownloadsPage() {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const view = useDownloads();
  useEffect(() => {
    document.title = words.title;
  }, []);
  if (view === null) return <p role="status">{words.reading}</p>;
  if (view === 'failed') return <Notice means="refused" title={words.failed} isAlert />;
  const { sessions, room, coming, interrupted, waiting, trouble } = view;
  if (trouble !== null) {
    return (
      <>
        <h1>{words.unreadable}</h1>
        <Trouble error={trouble} />
        <Trouble error={error} />
        {trouble.code === 'replays_damaged' && (
          <div className="own-buttons">
            <Button
              look="primary"
              disabled={isUnderWay}
              onClick={() => void run(() => call.beginDownloadsAnew(null))}
            >
              {words.anew}
            </Button>
          </div>
        )}
      </>
    );
  }
  return (
    <>
      <h1>{words.lead(sessions.length, inBytes(room.used), inBytes(room.limit))}</h1>
      <Room {...room} />
      {waiting !== null && <FileKey key={waiting} name={waiting} />}
      <div className="own-buttons">
        <Button look="primary" disabled={isUnderWay} onClick={() => void run(() => call.chooseFile(null))}>
          {words.open}
        </Button>
        {sessions.length > 0 && (
          <Button onClick={() => void run(() => call.openDownloads(null))}>{words.search}</Button>
        )}
      </div>
      <Trouble error={error} />
      {coming.length > 0 && <Coming coming={coming} />}
      {interrupted.length > 0 && <Interrupted interrupted={interrupted} />}
      {sessions.length === 0 ? (
        <p>{words.how}</p>
      ) : (
        <ul className="own-list" aria-label={words.list}>
          {sessions.map((session) => (
            <KeptSession key={session.session} kept={session} />
          ))}
        </ul>
      )}
    </>
  );
}

function Room({ used, pinned, limit }: DownloadsView['room']) {
  return (
    <div>
      <meter
        className="own-meter"
        aria-label={words.room}
        aria-valuetext={words.roomText(inBytes(used), inBytes(limit))}
        min={0}
        max={limit}
        high={limit * 0.9}
        value={used}
      />
      <p className="hint">{words.roomHint(pinned === 0 ? null : inBytes(pinned))}</p>
    </div>
  );
}

function Coming({ coming }: Pick<DownloadsView, 'coming'>) {
  const { call } = useApp();
  const { error, run } = useAttempt();
  return (
    <section className="own-panel" aria-label={words.coming}>
      <h2>{words.coming}</h2>
      <ul className="own-list" aria-live="off">
        {coming.map(({ session, relay, events, bytes }, at) => (
          <li key={session ?? at} className="own-relay">
            <span>{words.comes(relay, events, inBytes(bytes))}</span>
            {session !== null && (
              <Button look="quiet" onClick={() => void run(() => call.cancelDownload({ session }))}>
                {words.cancel}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Trouble error={error} />
    </section>
  );
}

function Interrupted({ interrupted }: Pick<DownloadsView, 'interrupted'>) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  return (
    <section className="own-panel" aria-label={words.interrupted}>
      <h2>{words.interrupted}</h2>
      <p className="hint">{words.interruptedWhat}</p>
      <ul className="own-list">
        {interrupted.map(({ session, relay }) => (
          <li key={session} className="own-relay">
            <span>
              {words.of(relay)} <code>{session}</code>
            </span>
            <span className="own-buttons own-right">
              <Button
                disabled={isUnderWay}
                onClick={() => void run(() => call.continueDownload({ session }))}
              >
                {words.again}
              </Button>
              <Button look="quiet" onClick={() => void run(() => call.forgetDownload({ session }))}>
                {words.forget}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <Trouble error={error} />
    </section>
  );
}

/** Asked for anew whenever the main process says that there is something else; one question at a time. */
function useDownloads(): DownloadsView | null | 'failed' {
  const { call, onDownloads } = useApp();
  const [view, setView] = useState<DownloadsView | null | 'failed'>(null);
  useEffect(() => {
    const gone = new AbortController();
    let isAsking = false;
    let isOld = false;
    const ask = async () => {
      isOld = true;
      if (isAsking) return;
      isAsking = true;
      while (isOld && !gone.signal.aborted) {
        isOld = false;
        const outcome = await call.downloads(null);
        if (!gone.signal.aborted) setView(outcome.ok ? outcome.value : 'failed');
      }
      isAsking = false;
    };
    const end = onDownloads(() => void ask());
    void ask();
    return () => {
      gone.abort();
      end();
    };
  }, [call, onDownloads]);
  return view;
}
