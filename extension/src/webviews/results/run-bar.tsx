import { useSyncExternalStore } from 'react';
import type { ShownRun } from '../../results/messages.ts';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import { Button } from './button.tsx';
import { rangeOf } from './grid/selection.ts';
import type { PageParts } from './page-parts.ts';
import { lengthOf } from './times.ts';
import { CancelButton } from './waiting.tsx';

export interface RunBarProps extends PageParts {
  readonly run: ShownRun | null;
  readonly isHistoryOpen: boolean;
  readonly onHistory: () => void;
}

/** How far it is, in a line, and what can be done with it. */
export function RunBar({ run, bridge, state, isHistoryOpen, onHistory }: RunBarProps) {
  const { selection } = useSyncExternalStore(state.subscribe, state.kept);
  const result = run?.state.phase === 'succeeded' && run.state.columns.length > 0 ? run.state : null;
  const copy = (withHeaders: boolean) => {
    if (run === null) return;
    bridge.tell({ type: 'copy', run: run.id, range: rangeOf(selection), as: 'tsv', withHeaders });
  };
  return (
    <header className="bar">
      <p className="summary">{run !== null && <Summary run={run} />}</p>
      <div className="actions" role="toolbar" aria-label={WORDS.label}>
        {run !== null && run.endedAt === null && <CancelButton key={run.id} run={run} bridge={bridge} />}
        {run !== null && result !== null && result.rowCount > 0 && (
          <>
            <Button onPress={() => copy(false)} title={WORDS.copyHint}>
              {WORDS.copy}
            </Button>
            <Button onPress={() => copy(true)}>{WORDS.copyHeaders}</Button>
            <Button onPress={() => bridge.tell({ type: 'export', run: run.id, as: 'csv' })}>
              {WORDS.exportCsv}
            </Button>
            <Button onPress={() => bridge.tell({ type: 'export', run: run.id, as: 'json' })}>
              {WORDS.exportJson}
            </Button>
          </>
        )}
        {run !== null && run.endedAt !== null && (
          <Button onPress={() => bridge.tell({ type: 'again', run: run.id })}>{WORDS.again}</Button>
        )}
        {run?.hasReplay === true && (
          <Button onPress={() => bridge.tell({ type: 'open_replay', run: run.id })}>{WORDS.replay}</Button>
        )}
        <Button onPress={onHistory} isExpanded={isHistoryOpen}>
          {WORDS.history}
        </Button>
      </div>
    </header>
  );
}

function Summary({ run }: { readonly run: ShownRun }) {
  const { state, startedAt, endedAt, relay } = run;
  const took = endedAt === null ? '' : ` ${WORDS.took(lengthOf(endedAt - startedAt))}`;
  const what = state.phase === 'succeeded' ? WORDS.rows(state.rowCount) : WORDS.phase[state.phase];
  return (
    <>
      <strong>{what}</strong>
      {took} <span className="quiet">· {relay}</span>
    </>
  );
}
