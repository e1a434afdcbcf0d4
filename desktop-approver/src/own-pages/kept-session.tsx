import { Badge } from '@sluice/console/design/badge.tsx';
import { Button } from '@sluice/console/design/button.tsx';
import { Dialog } from '@sluice/console/design/dialog.tsx';
import { useState } from 'react';
import type { KeptView } from '../ipc/download-calls.ts';
import { useApp, useAttempt } from './app.ts';
import { inBytes } from './quantities.ts';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

const words = WORDS.downloads;

/** One session on this computer: whose, how large, by what it is known to be true, and what can be done with it. */
export function KeptSession({ kept }: { readonly kept: KeptView }) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const [removes, setRemoves] = useState(false);
  const { session, relay, name, application, agent, openedAt, events, bytes, isPinned, history } = kept;
  const title = words.session(name, agent ?? application);
  return (
    <li className="own-panel" aria-label={title}>
      <h2 className="own-relay">
        {title}
        {isPinned && <Badge means="neutral">{words.pinned}</Badge>}
        {history === 'unknown' && <Badge means="waits">{words.notCompared}</Badge>}
        {history === 'another' && <Badge means="refused">{words.another}</Badge>}
      </h2>
      <p className="hint">
        {words.of(relay)}, <time dateTime={openedAt}>{new Date(openedAt).toLocaleString('en')}</time>
        {', '}
        {words.size(events, inBytes(bytes))}
      </p>
      <p className="hint">
        {words.proof(kept.key.slice(0, 16), kept.witnesses)} {words.history[history]}
      </p>
      <Trouble error={error} />
      <div className="own-buttons">
        <Button disabled={isUnderWay} onClick={() => void run(() => call.openSession({ session }))}>
          {words.replay}
        </Button>
        <Button
          look="quiet"
          disabled={isUnderWay}
          onClick={() => void run(() => call.pinSession({ session, isPinned: !isPinned }))}
        >
          {isPinned ? words.unpin : words.pin}
        </Button>
        <Button look="quiet" onClick={() => setRemoves(true)}>
          {words.remove}
        </Button>
      </div>
      <Dialog title={words.removeTitle(title)} isOpen={removes} onClose={() => setRemoves(false)}>
        <p>{relay === null ? words.removeFile : words.removeWhat(relay)}</p>
        <div className="dialog-end">
          <Button onClick={() => setRemoves(false)}>{WORDS.cancel}</Button>
          <Button
            look="danger"
            disabled={isUnderWay}
            onClick={() => void run(() => call.removeSession({ session }))}
          >
            {words.removeButton}
          </Button>
        </div>
      </Dialog>
    </li>
  );
}
