import { Button } from '@sluice/console/design/button.tsx';
import { Field } from '@sluice/console/design/field.tsx';
import { type FormEvent, useEffect, useState } from 'react';
import type { RelayView } from '../ipc/app-calls.ts';
import { useApp, useAttempt } from './app.ts';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

const words = WORDS.alarm;

/** A record was rewritten. The page says what that means, what to do and how it is known, and goes when its person has done it. */
export function AlarmPage({ relay }: { readonly relay: RelayView }) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const [typed, setTyped] = useState('');
  const [did, setDid] = useState('');
  const [next, setNext] = useState<'go_on' | 'begin_anew'>('go_on');
  const [isCopied, setIsCopied] = useState(false);
  const host = new URL(relay.url).host;
  useEffect(() => {
    document.title = words.title(relay.name);
  }, [relay.name]);
  const { alarm } = relay;
  if (alarm === null) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(() => call.acknowledgeAlarm({ relay: relay.id, typed, words: did.trim(), next }));
  };
  const copy = () => {
    const { kept, shown, message, at, proof } = alarm;
    const text = [relay.url, at, message, words.kept, kept, words.shown, shown, ...proof].join('\n\n');
    void navigator.clipboard.writeText(text).then(() => setIsCopied(true));
  };
  return (
    <main className="own-page own-alarm" id="content">
      <div role="alert">
        <h1>{words.title(relay.name)}</h1>
      </div>
      <p>{alarm.message}</p>
      <h2>{words.doTitle}</h2>
      <ol className="own-steps">
        {words.do.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <section className="own-panel" aria-label={words.evidence}>
        <h2 className="own-relay">
          {words.evidence}
          <Button look="quiet" onClick={copy}>
            <span aria-live="polite">{isCopied ? words.copied : words.copy}</span>
          </Button>
        </h2>
        <p className="hint">
          {words.since} <time dateTime={alarm.at}>{new Date(alarm.at).toLocaleString('en')}</time>,{' '}
          {relay.url}
        </p>
        {alarm.kept === '' && <p>{words.noEvidence}</p>}
        {(['kept', 'shown'] as const).map(
          (side) =>
            alarm[side] !== '' && (
              <div key={side}>
                <h3>{words[side]}</h3>
                <pre className="own-note" tabIndex={0} aria-label={words[side]}>
                  {alarm[side]}
                </pre>
              </div>
            ),
        )}
      </section>
      <form className="own-panel own-form" onSubmit={submit} aria-label={words.acknowledge}>
        <h2>{words.acknowledge}</h2>
        <Field label={words.words} hint={words.wordsHint}>
          {(ids) => (
            <textarea
              {...ids}
              className="field"
              rows={3}
              maxLength={4_000}
              required
              value={did}
              onChange={({ target }) => setDid(target.value)}
            />
          )}
        </Field>
        <Field label={words.next}>
          {(ids) => (
            <select
              {...ids}
              className="field"
              value={next}
              onChange={({ target }) => setNext(target.value === 'begin_anew' ? 'begin_anew' : 'go_on')}
            >
              <option value="go_on">{words.goOn}</option>
              <option value="begin_anew">{words.anew}</option>
            </select>
          )}
        </Field>
        <Field label={words.typeHost(host)} hint={words.typeHint}>
          {(ids) => (
            <input
              {...ids}
              className="field"
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
        <Trouble error={error} />
        <div className="own-end">
          <Button
            type="submit"
            look="danger"
            disabled={isUnderWay || did.trim() === '' || typed.trim() !== host}
          >
            {words.button}
          </Button>
        </div>
      </form>
    </main>
  );
}
