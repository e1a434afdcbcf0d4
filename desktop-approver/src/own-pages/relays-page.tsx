import { Button } from '@sluice/console/design/button.tsx';
import { Field } from '@sluice/console/design/field.tsx';
import { type FormEvent, useState } from 'react';
import { useApp, useAppState, useAttempt } from './app.ts';
import { RelayPanel } from './relay-panel.tsx';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

/** The relays that one decides for; for whoever has none, how to begin. */
export function RelaysPage() {
  const { relays } = useAppState();
  const connected = relays.filter(({ connection }) => connection.type === 'connected').length;
  const pending = relays.reduce((sum, relay) => sum + relay.pending, 0);
  const isFirst = relays.length === 0;
  return (
    <>
      <h1>{isFirst ? WORDS.first.title : WORDS.lead(relays.length, connected, pending)}</h1>
      {isFirst && <p>{WORDS.first.what}</p>}
      {relays.map((relay) => (
        <RelayPanel key={relay.id} relay={relay} isOnly={relays.length === 1} />
      ))}
      <AddRelay isFirst={isFirst} />
    </>
  );
}

function AddRelay({ isFirst }: { readonly isFirst: boolean }) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const [url, setUrl] = useState('');
  const [name, setName] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const added = await run(() =>
      call.addRelay({ url: url.trim(), name: name.trim() === '' ? null : name.trim() }),
    );
    if (!added) return;
    setUrl('');
    setName('');
  };
  return (
    <form
      className="own-panel own-form"
      onSubmit={(event) => void submit(event)}
      aria-label={WORDS.add.title}
    >
      {!isFirst && <h2>{WORDS.add.title}</h2>}
      <Field label={WORDS.add.url} hint={WORDS.add.urlHint}>
        {(ids) => (
          <input
            {...ids}
            className="field"
            type="url"
            required
            spellCheck={false}
            value={url}
            onChange={({ target }) => setUrl(target.value)}
          />
        )}
      </Field>
      <Field label={WORDS.add.name} hint={WORDS.add.nameHint}>
        {(ids) => (
          <input
            {...ids}
            className="field"
            maxLength={100}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <Trouble error={error} />
      <div className="own-end">
        <Button type="submit" look={isFirst ? 'primary' : 'plain'} disabled={isUnderWay}>
          {WORDS.add.button}
        </Button>
      </div>
    </form>
  );
}
