import { Button } from '@sluice/console/design/button.tsx';
import { Dialog } from '@sluice/console/design/dialog.tsx';
import { TextAreaField } from '@sluice/console/design/field.tsx';
import { type FormEvent, useState } from 'react';
import type { RelayView } from '../ipc/app-calls.ts';
import { useApp, useAttempt } from './app.ts';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

const words = WORDS.record;

/** What this computer has seen of a relay's record, by which key, and how far that key is known to be the relay's. */
export function RecordFacts({ relay: { id, name, record } }: { readonly relay: RelayView }) {
  const [gives, setGives] = useState(false);
  return (
    <div>
      <dt>{words.title}</dt>
      <dd>
        {record?.seen == null ? words.unseen : words.seen(record.seen.size)}
        {record?.seen != null && (
          <p className="hint">
            {words.lastSeen}{' '}
            <time dateTime={record.seen.at}>{new Date(record.seen.at).toLocaleString('en')}</time>
          </p>
        )}
        {record !== null && (
          <>
            <p>
              {words.key} <code className="own-text">{record.fingerprint}</code>
            </p>
            <p className="hint">{record.isGiven ? words.given : words.named}</p>
          </>
        )}
        <p>
          <Button onClick={() => setGives(true)}>{words.give}</Button>
        </p>
        <Dialog title={words.giveTitle(name)} isOpen={gives} onClose={() => setGives(false)}>
          {gives && <GiveKey relay={id} onClose={() => setGives(false)} />}
        </Dialog>
      </dd>
    </div>
  );
}

function GiveKey({ relay, onClose }: { readonly relay: RelayView['id']; readonly onClose: () => void }) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const [key, setKey] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await run(() => call.giveRecordKey({ relay, key }))) onClose();
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-label={words.give}>
      <p>{words.giveWhat}</p>
      <TextAreaField
        label={WORDS.fileKey.key}
        hint={words.giveHint}
        rows={4}
        value={key}
        maxLength={4_000}
        isRequired
        isCode
        onChange={setKey}
      />
      <Trouble error={error} />
      <div className="dialog-end">
        <Button onClick={onClose}>{WORDS.cancel}</Button>
        <Button type="submit" look="primary" disabled={isUnderWay || key.trim() === ''}>
          {words.giveButton}
        </Button>
      </div>
    </form>
  );
}
