import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { exact } from '../design/durations.ts';
import { useKeys } from '../design/keys.ts';
import { Notice } from '../design/notice.tsx';
import { Ago } from '../design/time.tsx';
import { Worded } from '../design/worded.tsx';
import { WORDS } from '../words.ts';
import type { Checked, ProofCheck } from './use-proof.ts';
import './seal.css';

const words = WORDS.proof;

/** Whether the session is what was recorded, in a line, and what was checked behind it. */
export function Seal({ session, proof }: { readonly session: string; readonly proof: ProofCheck }) {
  const { state, check } = proof;
  const [isOpen, setIsOpen] = useState(false);
  const press = () => {
    if (state.type === 'idle') check();
    else if (state.type !== 'checking') setIsOpen(true);
  };
  useKeys({ v: press });
  const look = lookOf(proof);
  return (
    <>
      <button
        type="button"
        className={`button seal seal-${look.means}`}
        onClick={press}
        disabled={state.type === 'checking'}
        aria-keyshortcuts="v"
      >
        <span className="seal-mark" aria-hidden="true">
          {look.mark}
        </span>
        <span aria-live="polite">{look.text}</span>
        {state.type === 'idle' && <kbd aria-hidden="true">v</kbd>}
      </button>
      <Dialog title={words.title} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        {state.type === 'checked' && (
          <Shown
            session={session}
            checked={state}
            trustAnew={proof.trustAnew}
            onClose={() => setIsOpen(false)}
          />
        )}
        {state.type === 'failed' && (
          <Failed code={state.code} message={state.message} advice={state.advice} />
        )}
        <div className="dialog-end">
          <Button onClick={check}>{words.again}</Button>
          <Button onClick={() => setIsOpen(false)}>{words.close}</Button>
        </div>
      </Dialog>
    </>
  );
}

/** Whether it is what was recorded, and what is shown is that. */
export function isGood({ proof, shownOtherwise }: Checked): boolean {
  return proof.isIntact && shownOtherwise === null;
}

function lookOf({ state }: ProofCheck): {
  readonly means: string;
  readonly mark: string;
  readonly text: string;
} {
  switch (state.type) {
    case 'idle':
      return { means: 'neutral', mark: '◇', text: words.check };
    case 'checking':
      return { means: 'neutral', mark: '…', text: words.checking(state.events) };
    case 'failed':
      return { means: 'neutral', mark: '?', text: words.unknown };
    case 'checked': {
      if (!isGood(state)) return { means: 'refused', mark: '✕', text: words.forged };
      const { signer, witnesses } = state.proof;
      const witnessed = witnesses.length === 0 ? '' : words.witnessed(witnesses.length);
      return {
        means: 'agreed',
        mark: '✓',
        text: words.verified(signer?.fingerprint.slice(0, 4) ?? '') + witnessed,
      };
    }
    default:
      return state satisfies never;
  }
}

function Failed({
  code,
  message,
  advice,
}: {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}) {
  if (code === 'approver_not_allowed') return <Notice title={words.auditors}>{words.auditorsAdvice}</Notice>;
  if (code === 'no_ed25519') {
    return (
      <Notice means="waits" title={words.noEd25519}>
        <Worded text={words.noEd25519Advice} />
      </Notice>
    );
  }
  return (
    <Notice means="refused" title={words.failed}>
      <p>{message}</p>
      <p>{advice}</p>
    </Notice>
  );
}

interface ShownProps {
  readonly session: string;
  readonly checked: Checked;
  readonly trustAnew: () => void;
  readonly onClose: () => void;
}

function Shown({ session, checked, trustAnew, onClose }: ShownProps) {
  const { proof, knownSince, isKeyChanged } = checked;
  const { checkpoint, signer, witnesses, events, payloads, signedDecisions, redacted, earlier } = proof;
  return (
    <div className="proof">
      {isGood(checked) ? (
        <Notice means="agreed" title={words.intact} />
      ) : (
        <Wrong session={session} checked={checked} onClose={onClose} />
      )}
      {isKeyChanged && (
        <Notice means="refused" title={words.changed}>
          <Button look="danger" onClick={trustAnew}>
            {words.forget}
          </Button>
        </Notice>
      )}
      {isGood(checked) && (
        <>
          <h3>{words.checked}</h3>
          <ul className="proof-list">
            <li>{words.facts.events(events)}</li>
            {checkpoint !== null && <li>{words.facts.inclusion(checkpoint.size)}</li>}
            <li>{words.facts.payloads(payloads.size)}</li>
            <li>{proof.isAttested ? words.facts.signed : words.facts.notAttested}</li>
            {signedDecisions > 0 && <li>{words.facts.decisions(signedDecisions)}</li>}
            {redacted > 0 && <li>{words.facts.removals(redacted)}</li>}
            {earlier > 0 && <li>{words.facts.earlier(earlier)}</li>}
            <li>{words.facts.shown}</li>
          </ul>
        </>
      )}
      <dl className="facts">
        {signer !== null && (
          <div>
            <dt>{words.key}</dt>
            <dd>
              <code>{signer.fingerprint}</code>
              <p className="hint">{knownSince === null ? words.fresh : words.pinned(exact(knownSince))}</p>
            </dd>
          </div>
        )}
        {checkpoint !== null && (
          <div>
            <dt>{words.checkpoint}</dt>
            <dd>
              {words.size(checkpoint.size)}, <Ago at={checkpoint.at} />
              <br />
              <code>{checkpoint.root}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>{words.witnesses}</dt>
          <dd>{witnesses.length === 0 ? words.noWitnesses : witnesses.join(', ')}</dd>
        </div>
        <div>
          <dt>{words.command}</dt>
          <dd>
            <code>sluice verify {session}.ndjson --key signing-key.pem.pub</code>
          </dd>
        </div>
      </dl>
    </div>
  );
}

function Wrong({ session, checked, onClose }: Omit<ShownProps, 'trustAnew'>) {
  const { proof, shownOtherwise } = checked;
  const shown =
    shownOtherwise === null ? [] : [{ what: 'forged', seq: shownOtherwise, why: words.otherwise } as const];
  const findings = [...shown, ...proof.findings];
  return (
    <Notice means="refused" title={words.broken(findings.length)}>
      <ul className="proof-list">
        {findings.slice(0, MOST).map(({ what, seq, why }) => (
          <li key={`${what} ${seq} ${why}`}>
            <strong>{words.finding[what]}</strong>:{' '}
            {seq !== null && (
              <Link to="/sessions/$id" params={{ id: session }} search={{ at: seq }} onClick={onClose}>
                {words.event(seq)}
              </Link>
            )}{' '}
            {why}
          </li>
        ))}
      </ul>
      {findings.length > MOST && <p>{words.moreFindings(findings.length - MOST)}</p>}
    </Notice>
  );
}

const MOST = 8;
