import { useState } from 'react';
import type { ShownRun, ShownState } from '../../results/messages.ts';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import type { PageBridge } from './bridge.ts';
import { Button } from './button.tsx';
import { SqlText } from './sql-text.tsx';
import { lengthOf, useNow } from './times.ts';

/** A statement that has no outcome yet. */
export function Running({ run }: { readonly run: ShownRun }) {
  const now = useNow();
  return (
    <section className="waiting" aria-busy="true">
      <vscode-progress-bar aria-label={WORDS.phase[run.state.phase]} />
      <p>
        <strong role="status">{WORDS.phase[run.state.phase]}</strong>{' '}
        <span className="quiet">
          {WORDS.elapsed(lengthOf(Math.floor((now - run.startedAt) / 1_000) * 1_000))}
        </span>
      </p>
      <SqlText sql={run.sql} />
    </section>
  );
}

interface HeldProps {
  readonly run: ShownRun;
  readonly held: Extract<ShownState, { phase: 'held' }>;
  readonly bridge: PageBridge;
}

/** A statement that waits for people: who is asked, why, and how long there is. */
export function Held({ run, held, bridge }: HeldProps) {
  const now = useNow();
  const { facts } = held;
  const left = Date.parse(held.expiresAt) - now;
  const isApproved = facts !== null && facts.phase === 'approved';
  const open = (where: 'browser' | 'desktop') => bridge.tell({ type: 'open_request', run: run.id, where });
  return (
    <section className="held" aria-label={WORDS.phase.held}>
      <div className="held-head">
        <vscode-badge className="waits-badge">
          {isApproved ? WORDS.held.approved : WORDS.phase.held}
        </vscode-badge>
        {!isApproved && (
          <span className="countdown" role="timer" aria-live="off">
            {left > 0 ? WORDS.held.left(lengthOf(left)) : WORDS.held.over}
          </span>
        )}
      </div>
      {facts === null ? (
        <p>{WORDS.held.reading}</p>
      ) : (
        <>
          <h1 className="sentence">{facts.sentence}</h1>
          <p>
            {WORDS.held.by(facts.rule)}: {facts.reason}
          </p>
          <p role="status">
            {WORDS.held.asked(facts.approvers)} · {WORDS.held.given(facts.approvedBy.length, facts.needed)}
            {facts.approvedBy.length > 0 && ` (${facts.approvedBy.join(', ')})`}
          </p>
        </>
      )}
      {left > 0 && facts !== null && !isApproved && (
        <progress
          aria-label={WORDS.held.left(lengthOf(left))}
          max={Math.max(1, Date.parse(held.expiresAt) - Date.parse(facts.askedAt))}
          value={left}
        />
      )}
      <p className="quiet">{WORDS.held.note}</p>
      <SqlText sql={run.sql} />
      <div className="actions">
        <Button onPress={() => open('browser')}>{WORDS.held.browser}</Button>
        <Button onPress={() => open('desktop')}>{WORDS.held.desktop}</Button>
      </div>
    </section>
  );
}

/** Stops what has not ended. */
export function CancelButton({ run, bridge }: { readonly run: ShownRun; readonly bridge: PageBridge }) {
  const [isAsked, setIsAsked] = useState(false);
  const press = () => {
    setIsAsked(true);
    bridge.tell({ type: 'cancel', run: run.id });
  };
  const isHeld = run.state.phase === 'held';
  // Whoever waits for people mostly goes on waiting: taking the request back is not what is expected of them.
  return (
    <Button onPress={press} isDisabled={isAsked} isPrimary={!isHeld}>
      {isAsked ? WORDS.cancelling : isHeld ? WORDS.withdraw : WORDS.cancel}
    </Button>
  );
}
