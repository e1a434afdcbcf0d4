import { Button } from '@sluice/console/design/button.tsx';
import { Dialog } from '@sluice/console/design/dialog.tsx';
import { Field } from '@sluice/console/design/field.tsx';
import { useState } from 'react';
import type { RelayView } from '../ipc/app-calls.ts';
import { type Attempt, useApp, useAttempt } from './app.ts';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

const words = WORDS.device;

interface DeviceFactsProps {
  readonly relay: RelayView;
  readonly attempt: Attempt['run'];
  readonly isUnderWay: boolean;
}

/** Whether this computer signs decisions, and what is missing. */
export function DeviceFacts({ relay: { id, device }, attempt, isUnderWay }: DeviceFactsProps) {
  const { call } = useApp();
  const [vouches, setVouches] = useState(false);
  const mayEnrol = device.type === 'not_enrolled' || device.type === 'revoked';
  return (
    <div>
      <dt>{WORDS.relay.device}</dt>
      <dd>
        {words[device.type]}
        {device.why !== null && <p className="hint">{device.why}</p>}
        {device.fingerprint !== null && (
          <p>
            {words.fingerprint} <code>{device.fingerprint}</code>
          </p>
        )}
        {device.type === 'waiting' && <Waiting relay={id} />}
        {mayEnrol && (
          <p>
            <Button
              disabled={isUnderWay}
              onClick={() => void attempt(() => call.enrolDevice({ relay: id, word: null }))}
            >
              {words.enrol}
            </Button>
          </p>
        )}
        {device.type === 'enrolled' && (
          <p>
            <Button look="quiet" onClick={() => setVouches(true)}>
              {words.vouch}
            </Button>
          </p>
        )}
        <Dialog title={words.vouchTitle} isOpen={vouches} onClose={() => setVouches(false)}>
          <Vouch relay={id} onClose={() => setVouches(false)} />
        </Dialog>
      </dd>
    </div>
  );
}

/** Its key was made, and somebody has to vouch for it: another person, or a computer of one's own. */
function Waiting({ relay }: { readonly relay: RelayView['id'] }) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const [offer, setOffer] = useState<string | null>(null);
  const [word, setWord] = useState('');
  return (
    <>
      <p className="hint">{words.compare}</p>
      <p className="hint">{words.own}</p>
      {offer === null ? (
        <Button disabled={isUnderWay} onClick={() => void run(() => call.deviceOffer({ relay }), setOffer)}>
          {words.offer}
        </Button>
      ) : (
        <>
          <p>
            <code className="own-text">{offer}</code>
          </p>
          <Field label={words.word}>
            {(ids) => (
              <input
                {...ids}
                className="field"
                spellCheck={false}
                value={word}
                onChange={({ target }) => setWord(target.value)}
              />
            )}
          </Field>
          <Button
            disabled={isUnderWay || word.trim() === ''}
            onClick={() => void run(() => call.enrolDevice({ relay, word: word.trim() }))}
          >
            {words.wordButton}
          </Button>
        </>
      )}
      <Trouble error={error} />
    </>
  );
}

function Vouch({ relay, onClose }: { readonly relay: RelayView['id']; readonly onClose: () => void }) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const [offer, setOffer] = useState('');
  const [word, setWord] = useState<string | null>(null);
  return (
    <>
      <p>{words.vouchWhat}</p>
      <Field label={words.vouchOffer}>
        {(ids) => (
          <textarea
            {...ids}
            className="field field-code"
            rows={4}
            spellCheck={false}
            value={offer}
            onChange={({ target }) => setOffer(target.value)}
          />
        )}
      </Field>
      {word !== null && (
        <p role="status">
          {words.vouchWord} <code className="own-text">{word}</code>
        </p>
      )}
      <Trouble error={error} />
      <div className="dialog-end">
        <Button onClick={onClose}>{words.close}</Button>
        <Button
          look="primary"
          disabled={isUnderWay || offer.trim() === ''}
          onClick={() => void run(() => call.vouchFor({ relay, offer: offer.trim() }), setWord)}
        >
          {words.vouchButton}
        </Button>
      </div>
    </>
  );
}
