import { useEffect, useRef } from 'react';
import type { HistoryShown } from '../../results/messages.ts';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import type { PageBridge } from './bridge.ts';
import { Button } from './button.tsx';

export interface HistoryListProps {
  readonly entries: readonly HistoryShown[];
  readonly shown: string | null;
  readonly bridge: PageBridge;
  readonly onClose: () => void;
}

/** What was run in this window, newest first. */
export function HistoryList({ entries, shown, bridge, onClose }: HistoryListProps) {
  const list = useRef<HTMLElement>(null);
  useEffect(() => list.current?.querySelector<HTMLElement>('button')?.focus(), []);
  const show = (run: string) => {
    bridge.tell({ type: 'show', run });
    onClose();
  };
  return (
    <nav
      ref={list}
      className="history"
      aria-label={WORDS.history}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <p className="quiet">{entries.length === 0 ? WORDS.historyEmpty : WORDS.historyNote}</p>
      <ol>
        {entries.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              onClick={() => show(entry.id)}
              aria-current={entry.id === shown ? 'true' : undefined}
            >
              <code>{entry.sql}</code>
              <span className="quiet">
                {time.format(entry.at)} · {outcomeOf(entry)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <div className="actions">
        {entries.length > 0 && <Button onPress={() => bridge.tell({ type: 'clear' })}>{WORDS.clear}</Button>}
        <Button onPress={onClose}>{WORDS.close}</Button>
      </div>
    </nav>
  );
}

function outcomeOf({ phase, rowCount, code }: HistoryShown): string {
  if (rowCount !== null) return WORDS.rows(rowCount);
  if (code !== null) return WORDS.failed.titles[code] ?? WORDS.failed.title;
  return WORDS.phase[phase];
}

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
