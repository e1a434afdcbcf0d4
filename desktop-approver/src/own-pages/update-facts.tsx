import { Button } from '@sluice/console/design/button.tsx';
import { Notice } from '@sluice/console/design/notice.tsx';
import { useApp, useAppState, useAttempt } from './app.ts';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

const words = WORDS.updates;

/** Which release this is, and whether there is a newer one. Nothing here installs it. */
export function UpdateFacts() {
  const { call } = useApp();
  const { version, updates } = useAppState();
  const { isUnderWay, error, run } = useAttempt();
  return (
    <fieldset className="own-panel own-form">
      <legend>{words.title}</legend>
      <p>{words.version(version)}</p>
      {updates.type === 'newer' ? (
        <Notice means="waits" title={words.newer(updates.version)}>
          {words.how}
        </Notice>
      ) : (
        <p role="status">{words[updates.type]}</p>
      )}
      {'at' in updates && (
        <p className="hint">
          {words.at} <time dateTime={updates.at}>{new Date(updates.at).toLocaleString('en')}</time>
        </p>
      )}
      <Trouble error={error ?? (updates.type === 'failed' ? updates.trouble : null)} />
      {updates.type !== 'off' && (
        <div>
          <Button
            disabled={isUnderWay || updates.type === 'looking'}
            onClick={() => void run(() => call.lookForUpdate(null))}
          >
            {words.look}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
