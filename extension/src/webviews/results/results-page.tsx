import { useState, useSyncExternalStore } from 'react';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import type { ShownRun } from '../../results/messages.ts';
import { HistoryList } from './history-list.tsx';
import type { PageParts } from './page-parts.ts';
import { Refusal } from './refusal.tsx';
import { Result } from './result.tsx';
import { RunBar } from './run-bar.tsx';
import { Held, Running } from './waiting.tsx';

/** One statement: how far it is, and what came of it. */
export function ResultsPage({ bridge, state }: PageParts) {
  const { run, history, said } = useSyncExternalStore(state.subscribe, state.told);
  const [isHistoryOpen, setIsHistoryOpen] = useState(false);
  // Nothing is drawn before it is known what: it would jump.
  if (run === undefined) return null;
  return (
    <>
      {isHistoryOpen && (
        <HistoryList
          entries={history}
          shown={run?.id ?? null}
          bridge={bridge}
          onClose={() => setIsHistoryOpen(false)}
        />
      )}
      <RunBar
        run={run}
        bridge={bridge}
        state={state}
        isHistoryOpen={isHistoryOpen}
        onHistory={() => setIsHistoryOpen(!isHistoryOpen)}
      />
      <main>
        {run === null ? (
          <section className="notice">
            <h1>{WORDS.empty}</h1>
            <p>{WORDS.emptyAdvice}</p>
          </section>
        ) : (
          // Another run is another page.
          <Shown key={run.id} run={run} bridge={bridge} state={state} />
        )}
      </main>
      <p className="said" role="status">
        {said}
      </p>
    </>
  );
}

function Shown({ run, bridge, state }: PageParts & { readonly run: ShownRun }) {
  const { phase } = run.state;
  return (
    <>
      {run.trouble !== null && (
        <section className="notice waits" role="alert">
          <h2>{WORDS.offline}</h2>
          <p>{run.trouble}</p>
          <p>{WORDS.offlineAdvice}</p>
        </section>
      )}
      {phase === 'succeeded' && <Result run={run} shown={run.state} bridge={bridge} state={state} />}
      {phase === 'failed' && <Refusal run={run} error={run.state.error} bridge={bridge} />}
      {phase === 'held' && <Held run={run} held={run.state} bridge={bridge} />}
      {(phase === 'sending' || phase === 'running') && <Running run={run} />}
    </>
  );
}
