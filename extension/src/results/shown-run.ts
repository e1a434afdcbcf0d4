import { drawable, firstChoice } from './chart.ts';
import { isNumeric, typeOf } from './columns.ts';
import type { HistoryEntry } from './history.ts';
import type { HistoryShown, ShownRun, ShownState } from './messages.ts';
import type { RunState } from './run-state.ts';

/** What the page is told of a run. */
export function shownRun({ id, run }: HistoryEntry, relay: string): ShownRun {
  return {
    id,
    sql: run.sql,
    relay,
    startedAt: run.startedAt,
    endedAt: run.endedAt(),
    trouble: run.trouble(),
    hasReplay: run.session() !== null,
    state: shownState(run.state()),
  };
}

function shownState(state: RunState): ShownState {
  switch (state.phase) {
    case 'sending':
    case 'running':
      return state;
    case 'held': {
      const { expiresAt, facts } = state.asked;
      return {
        phase: 'held',
        expiresAt,
        facts:
          facts === null
            ? null
            : { ...facts, approvers: [...facts.approvers], approvedBy: [...facts.approvedBy] },
      };
    }
    case 'succeeded': {
      const { columns, rowCount, computedOn, changed } = state;
      const choice = rowCount === 0 ? null : firstChoice(columns);
      return {
        phase: 'succeeded',
        columns: columns.map((column) => ({
          name: column.name,
          type: typeOf(column),
          isNumeric: isNumeric(column) && column.masked === undefined,
          masked: column.masked ?? null,
          computedOn: column.computedOn ?? null,
        })),
        computedOn,
        rowCount,
        changed,
        chart: choice === null ? null : { ...choice, drawable: [...drawable(columns)] },
      };
    }
    case 'failed': {
      const { code, message, advice, rule = null, place = null, proposal } = state.error;
      return { phase: 'failed', error: { code, message, advice, rule, place, proposal } };
    }
    default:
      return state satisfies never;
  }
}

/** A line of the history: what was run, and what came of it. */
export function shownEntry({ id, run }: HistoryEntry): HistoryShown {
  const state = run.state();
  return {
    id,
    sql: run.sql.trim().replace(/\s+/g, ' ').slice(0, MOST_OF_A_LINE),
    at: run.startedAt,
    phase: state.phase,
    rowCount: state.phase === 'succeeded' ? state.rowCount : null,
    code: state.phase === 'failed' ? state.error.code : null,
  };
}

const MOST_OF_A_LINE = 200;
