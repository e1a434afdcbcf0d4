import { useSyncExternalStore } from 'react';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import { ChartTab } from './chart-tab.tsx';
import { Grid } from './grid/grid.tsx';
import type { ResultProps } from './page-parts.ts';

const TABS = ['rows', 'chart'] as const;

/** What a statement returned. */
export function Result({ run, shown, bridge, state }: ResultProps) {
  const { tab } = useSyncExternalStore(state.subscribe, state.kept);
  const masked = shown.columns.filter((column) => column.masked !== null).map(({ name }) => name);
  if (shown.columns.length === 0 || shown.rowCount === 0) {
    return (
      <section className="notice">
        <h1>{shown.changed === null ? WORDS.noRows : WORDS.done}</h1>
        <p>{shown.changed === null ? WORDS.noRowsAdvice : WORDS.changed(shown.changed)}</p>
        {shown.changed === null && shown.columns.length > 0 && (
          <p className="quiet">
            {WORDS.wouldHave(
              shown.columns.map(({ name, type, masked }) =>
                masked === null ? `${name} ${type}` : `${name} ${type} (${WORDS.masked(masked.method)})`,
              ),
            )}
          </p>
        )}
      </section>
    );
  }
  return (
    <>
      <div className="tabs" role="tablist" aria-label={WORDS.tabs.label}>
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={tab === name}
            aria-controls={`panel-${name}`}
            tabIndex={tab === name ? 0 : -1}
            onClick={() => state.keep({ tab: name })}
            onKeyDown={({ key, currentTarget }) => {
              if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
              const other = name === 'rows' ? 'chart' : 'rows';
              state.keep({ tab: other });
              currentTarget.parentElement?.querySelector<HTMLElement>(`#tab-${other}`)?.focus();
            }}
          >
            {WORDS.tabs[name]}
          </button>
        ))}
        {masked.length > 0 && <p className="masked-note">{WORDS.maskedSome(masked)}</p>}
      </div>
      {shown.computedOn !== null && (
        <p className="computed-on">{WORDS.computedOn(shown.computedOn.on, shown.computedOn.because)}</p>
      )}
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} className="tab-panel">
        {tab === 'rows' ? (
          <Grid run={run} columns={shown.columns} rowCount={shown.rowCount} bridge={bridge} state={state} />
        ) : (
          <ChartTab run={run} shown={shown} bridge={bridge} state={state} />
        )}
      </div>
    </>
  );
}
