import type { ShownRun, ShownState } from '../../results/messages.ts';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import type { PageBridge } from './bridge.ts';
import { Button } from './button.tsx';
import { ReasonText } from './reason-text.tsx';
import { SqlText } from './sql-text.tsx';

export interface RefusalProps {
  readonly run: ShownRun;
  readonly error: Extract<ShownState, { phase: 'failed' }>['error'];
  readonly bridge: PageBridge;
}

/** Why there is no result, and what would be allowed. */
export function Refusal({ run, error, bridge }: RefusalProps) {
  const { code, message, advice, rule, place, proposal } = error;
  const wasStopped = STOPPED.has(code);
  return (
    <section className={wasStopped ? 'notice' : 'notice refused'} role={wasStopped ? 'status' : 'alert'}>
      <h1>{WORDS.failed.titles[code] ?? WORDS.failed.title}</h1>
      <p className="reason">
        <ReasonText text={message} />
      </p>
      {rule !== null && !message.includes(`\`${rule}\``) && (
        <p className="quiet">{WORDS.failed.rule(rule)}</p>
      )}
      {advice !== '' && (
        <>
          {!wasStopped && <h2>{WORDS.failed.instead}</h2>}
          <p className="advice">
            <ReasonText text={advice} />
          </p>
        </>
      )}
      {proposal !== null && (
        <>
          <h2>{WORDS.failed.proposal}</h2>
          <SqlText sql={proposal} />
          <Button isPrimary onPress={() => bridge.tell({ type: 'open_sql', run: run.id, which: 'proposal' })}>
            {WORDS.failed.openProposal}
          </Button>
        </>
      )}
      {place !== null && <p className="quiet">{WORDS.failed.place(place.line, place.column)}</p>}
      <SqlText sql={run.sql} place={place} />
      <div className="actions">
        <Button onPress={() => bridge.tell({ type: 'open_sql', run: run.id, which: 'statement' })}>
          {WORDS.failed.openStatement}
        </Button>
      </div>
    </section>
  );
}

/** By whoever ran it: nothing is wrong. */
const STOPPED: ReadonlySet<string> = new Set(['statement_cancelled', 'approval_cancelled']);
