import type { ApprovalView } from '@sluice/contract';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from '../design/button.tsx';
import { useKeys } from '../design/keys.ts';
import { Notice } from '../design/notice.tsx';
import { Worded } from '../design/worded.tsx';
import { type Device, useHost } from '../host/host.ts';
import { isUnsure, useDecide } from '../relay/approvals.ts';
import { Failure } from '../relay/failure.tsx';
import { WORDS } from '../words.ts';
import { type Draft, DecisionDialog } from './decision-dialog.tsx';
import { useSettled } from './settled.ts';

/** What this viewer can decide now, and what became of it. */
export function DecisionBar({ view }: { readonly view: ApprovalView }) {
  const { summary, you, terms } = view;
  const [draft, setDraft] = useState<Draft['kind'] | null>(null);
  const decide = useDecide(summary.id);
  const host = useHost();
  const device = useSyncExternalStore(host.onChange, host.device);
  const maySign = !terms.signed || device.type === 'enrolled';
  // Not what has only just appeared, or changed under the pointer.
  const isSettled = useSettled(`${summary.id} ${summary.binding}`);
  const mayPress = you.mayDecide && maySign && isSettled && !decide.isPending;
  const send = (answer: Omit<Draft, 'kind'>) => {
    setDraft(null);
    decide.mutate({ view, ...answer });
  };
  const approve = () => mayPress && setDraft('approve');
  const deny = () => mayPress && setDraft('deny');
  useKeys({ a: approve, d: deny });
  useEffect(() => {
    // What was about to be decided is over.
    if (!you.mayDecide) setDraft(null);
  }, [you.mayDecide]);
  if (summary.phase !== 'asked') {
    const isGood = ['approved', 'granted', 'used'].includes(summary.phase);
    return <Notice means={isGood ? 'agreed' : 'neutral'} title={WORDS.decide.done[summary.phase]} />;
  }
  const mayGrant = view.kind === 'statement' && view.grant !== null;
  return (
    <section className="decide" aria-label={WORDS.decide.label}>
      {decide.isError && <Failed error={decide.error} />}
      {decide.isSuccess && <Notice means="agreed" title={WORDS.decide.done[decide.data.phase]} />}
      {!you.mayDecide && !decide.isSuccess && <Notice title={WORDS.decide.notYou}>{you.because}</Notice>}
      {you.mayDecide && !maySign && (
        <Notice means="waits" title={WORDS.decide.needsDevice}>
          <p>
            <Worded text={adviceFor(device)} />
          </p>
          {device.type === 'none' && (
            <p>
              {/* The app opens on an id, and asks the relay for all else. */}
              <a href={`sluice://request/${summary.id}`}>{WORDS.decide.device.open}</a>
            </p>
          )}
        </Notice>
      )}
      {you.mayDecide && maySign && (
        <div className="decide-buttons" title={isSettled ? undefined : WORDS.decide.settling}>
          <Button look="danger" shortcut="d" disabled={!mayPress} onClick={deny}>
            {WORDS.decide.deny}
          </Button>
          {view.kind === 'statement' && (
            <Button disabled={!mayPress} onClick={() => setDraft('propose')}>
              {WORDS.decide.propose}
            </Button>
          )}
          <span className="decide-space" />
          {mayGrant && (
            <Button disabled={!mayPress} onClick={() => setDraft('grant')}>
              {WORDS.decide.grant}
            </Button>
          )}
          <Button look="primary" shortcut="a" disabled={!mayPress} onClick={approve}>
            {view.kind === 'access' ? WORDS.decide.approveAccess : WORDS.decide.approve}
          </Button>
        </div>
      )}
      <DecisionDialog view={view} kind={draft} onCancel={() => setDraft(null)} onDecide={send} />
    </section>
  );
}

function Failed({ error }: { readonly error: unknown }) {
  if (!isUnsure(error)) return <Failure error={error} title={WORDS.decide.failed} />;
  return (
    <Notice means="refused" title={WORDS.decide.unsure} isAlert>
      {WORDS.decide.unsureAdvice}
    </Notice>
  );
}

function adviceFor(device: Device): string {
  const words = WORDS.decide.device;
  switch (device.type) {
    case 'unavailable':
      return words.unavailable(device.why);
    case 'waiting':
      return words.waiting(device.fingerprint);
    case 'enrolled':
      return '';
    default:
      return words[device.type];
  }
}
