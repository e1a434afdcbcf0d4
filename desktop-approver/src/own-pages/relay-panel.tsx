import { Badge, type Meaning } from '@sluice/console/design/badge.tsx';
import { Button } from '@sluice/console/design/button.tsx';
import { Dialog } from '@sluice/console/design/dialog.tsx';
import { useEffect, useState } from 'react';
import type { RelayView } from '../ipc/app-calls.ts';
import { useApp, useAttempt } from './app.ts';
import { DeviceFacts } from './device-facts.tsx';
import { RecordFacts } from './record-facts.tsx';
import { Trouble } from './trouble.tsx';
import { WORDS } from './words.ts';

const words = WORDS.relay;

/** One relay: whether it is reached, who one is there, and what can be done about either. */
export function RelayPanel({ relay, isOnly }: { readonly relay: RelayView; readonly isOnly: boolean }) {
  const { call } = useApp();
  const { isUnderWay, error, run } = useAttempt();
  const [removes, setRemoves] = useState(false);
  const { id, name, url, connection, person, pending } = relay;
  return (
    <section className="own-panel" aria-label={name}>
      <h2 className="own-relay">
        {name} <Badge means={MEANS[connection.type]}>{words.states[connection.type]}</Badge>
      </h2>
      <p className="hint">{url}</p>
      <Trouble error={error ?? connection.error} />
      <dl className="facts">
        <div>
          <dt>{words.person}</dt>
          <dd>
            {person === null ? words.nobody : (person.name ?? '')}
            {person?.isKept === false && <p className="hint">{words.notKept}</p>}
          </dd>
        </div>
        {person !== null && (
          <>
            <div>
              <dt>{words.pending}</dt>
              <dd>{pending}</dd>
            </div>
            <RecordFacts relay={relay} />
            <DeviceFacts relay={relay} attempt={run} isUnderWay={isUnderWay} />
          </>
        )}
      </dl>
      {isUnderWay && person === null && <p role="status">{words.underWay}</p>}
      <div className="own-buttons">
        {person === null ? (
          <SignIn relay={relay} isOnly={isOnly} isUnderWay={isUnderWay} run={run} />
        ) : (
          <>
            <Button
              look={isOnly ? 'primary' : 'plain'}
              onClick={() => void run(() => call.openConsole({ relay: id }))}
            >
              {words.open}
            </Button>
            <Button look="quiet" onClick={() => void run(() => call.signOut({ relay: id }))}>
              {words.signOut}
            </Button>
          </>
        )}
        <Button look="quiet" onClick={() => setRemoves(true)}>
          {words.remove}
        </Button>
      </div>
      <Dialog title={words.removeTitle(name)} isOpen={removes} onClose={() => setRemoves(false)}>
        <p>{words.removeWhat}</p>
        <div className="dialog-end">
          <Button onClick={() => setRemoves(false)}>{WORDS.cancel}</Button>
          <Button
            look="danger"
            onClick={() => {
              setRemoves(false);
              void run(() => call.removeRelay({ relay: id }));
            }}
          >
            {words.removeButton}
          </Button>
        </div>
      </Dialog>
    </section>
  );
}

const MEANS: Readonly<Record<RelayView['connection']['type'], Meaning>> = {
  connected: 'agreed',
  connecting: 'neutral',
  signed_out: 'neutral',
  offline: 'waits',
  refused: 'refused',
};

interface SignInProps {
  readonly relay: RelayView;
  readonly isOnly: boolean;
  readonly isUnderWay: boolean;
  readonly run: ReturnType<typeof useAttempt>['run'];
}

/** Where the relay says that people sign in: one place is the common case. */
function SignIn({ relay, isOnly, isUnderWay, run }: SignInProps) {
  const { call } = useApp();
  const [issuers, setIssuers] = useState<readonly string[] | null>(null);
  const look = () =>
    run(
      () => call.signInPlaces({ relay: relay.id }),
      (places) => setIssuers(places.map(({ issuer }) => issuer)),
    );
  useEffect(() => void look(), [relay.id]);
  if (issuers === null) {
    return (
      <Button disabled={isUnderWay} onClick={() => void look()}>
        {words.signInSomewhere}
      </Button>
    );
  }
  return issuers.map((issuer, at) => (
    <Button
      key={issuer}
      look={isOnly && at === 0 ? 'primary' : 'plain'}
      disabled={isUnderWay}
      onClick={() => void run(() => call.signIn({ relay: relay.id, issuer }))}
    >
      {words.signIn(new URL(issuer).host)}
    </Button>
  ));
}
