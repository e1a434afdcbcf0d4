import { Button } from '@sluice/console/design/button.tsx';
import { TextAreaField } from '@sluice/console/design/field.tsx';
import { type FormEvent, useState } from 'react';
import { useApp, useAttempt } from './app.ts';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

const words = WORDS.fileKey;

/** Asks for the public key by which a file is to be checked: nothing in the file itself can say which one is right. */
export function FileKey({ name }: { readonly name: string }) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(() => call.giveKey({ key }));
  };
  return (
    <form className="own-panel own-form" onSubmit={submit} aria-label={words.title(name)}>
      <h2>{words.title(name)}</h2>
      <p>{words.what}</p>
      <TextAreaField
        label={words.key}
        hint={words.hint}
        rows={4}
        value={key}
        maxLength={4_000}
        isRequired
        isCode
        onChange={setKey}
      />
      <p role="status">{isUnderWay ? words.checking : ''}</p>
      <Trouble error={error} />
      <div className="own-end">
        <Button onClick={() => void run(() => call.dropFile(null))}>{WORDS.cancel}</Button>
        <Button type="submit" disabled={isUnderWay || key.trim() === ''}>
          {words.button}
        </Button>
      </div>
    </form>
  );
}
