import { useEffect, useState, useSyncExternalStore } from 'react';
import type { ToPage } from '../../results/messages.ts';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import { ChartPlot } from './chart-plot.tsx';
import type { ResultProps } from './page-parts.ts';

type Drawn = Extract<ToPage, { type: 'chart' }>;

/** Two columns as a picture; the rows are the same in words. */
export function ChartTab({ run, shown, bridge, state }: ResultProps) {
  const kept = useSyncExternalStore(state.subscribe, state.kept);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const axes = kept.axes ?? shown.chart;
  const { x = -1, y = -1 } = axes ?? {};
  useEffect(() => {
    if (x === -1) return undefined;
    let isWanted = true;
    setFailure(null);
    bridge.ask<'chart'>({ type: 'chart', run: run.id, x, y }).then(
      (answer) => isWanted && setDrawn(answer),
      (error: Error) => isWanted && setFailure(error.message),
    );
    return () => {
      isWanted = false;
    };
  }, [bridge, run.id, x, y]);
  if (shown.chart === null) {
    return (
      <section className="notice">
        <h2>{WORDS.chart.none}</h2>
        <p>{WORDS.chart.noneAdvice}</p>
      </section>
    );
  }
  const nameOf = (index: number) => shown.columns[index]?.name ?? '';
  return (
    <section className="chart">
      <div className="axes">
        <Choice
          label={WORDS.chart.y}
          value={y}
          options={shown.chart.drawable.map((index) => ({ index, name: nameOf(index) }))}
          onChange={(index) => state.keep({ axes: { x, y: index } })}
        />
        <Choice
          label={WORDS.chart.x}
          value={x}
          options={shown.columns.map(({ name, masked }, index) => ({
            index,
            name: masked === null ? name : `${name} (${WORDS.masked(masked.method)})`,
          }))}
          onChange={(index) => state.keep({ axes: { x: index, y } })}
        />
      </div>
      {failure !== null && (
        <p className="notice refused" role="alert">
          {failure}
        </p>
      )}
      {drawn === null ? (
        failure === null && <p role="status">{WORDS.chart.loading}</p>
      ) : (
        <>
          <ChartPlot
            shape={drawn.shape}
            points={drawn.points}
            label={WORDS.chart.label(nameOf(y), nameOf(x))}
          />
          <p className="quiet">
            {WORDS.chart.of(drawn.rows, shown.rowCount)}
            {drawn.skipped > 0 && `, ${WORDS.chart.skipped(drawn.skipped)}`}
          </p>
        </>
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: number;
  readonly options: readonly { readonly index: number; readonly name: string }[];
  readonly onChange: (index: number) => void;
}

/** The browser's own, which keys and screen readers know. */
function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
        {options.map(({ index, name }) => (
          <option key={index} value={index}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
