import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useId, useRef } from 'react';
import { left } from '../design/durations.ts';
import { WORDS } from '../words.ts';
import { type FoldedTime, pauseAt } from './folded-time.ts';

export interface MomentListProps {
  readonly time: FoldedTime;
  readonly count: number;
  /** The index of the moment that is shown. */
  readonly at: number;
  readonly go: (index: number) => void;
}

const MOMENT = 34;
const PAUSE = 24;
/** Lines. */
const PAGE = 15;

/** What happened, line by line, with long pauses folded. Only the lines in view are in the page. */
export function MomentList({ time, count, at, go }: MomentListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const lines = count === 0 ? 0 : time.lineOf[count - 1]! + 1;
  const virtual = useVirtualizer({
    count: lines,
    getScrollElement: () => scroller.current,
    estimateSize: (line) => (time.lines[line]! < 0 ? PAUSE : MOMENT),
    overscan: 6,
    // A frame later is soon enough, and costs no layout of its own.
    useFlushSync: false,
  });
  const line = time.lineOf[at] ?? 0;
  useEffect(() => {
    if (count > 0) virtual.scrollToIndex(line, { align: 'auto' });
  }, [line, count > 0]);
  return (
    <div
      ref={scroller}
      className="moments"
      role="listbox"
      tabIndex={0}
      aria-label={WORDS.replay.moments}
      onKeyDown={(event) => {
        const by = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        go(Math.max(0, Math.min(count - 1, at + by)));
      }}
      aria-activedescendant={count === 0 ? undefined : `${id}-${at}`}
    >
      <div className="moments-all" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index: row, start }) => {
          const entry = time.lines[row]!;
          return entry < 0 ? (
            <div
              key={row}
              className="moment-pause"
              role="presentation"
              style={{ transform: `translateY(${start}px)` }}
            >
              {WORDS.replay.later(left(pauseAt(time, -1 - entry)))}
            </div>
          ) : (
            <Line
              key={row}
              id={`${id}-${entry}`}
              time={time}
              index={entry}
              start={start}
              isCurrent={entry === at}
              count={count}
              go={go}
            />
          );
        })}
      </div>
    </div>
  );
}

interface LineProps extends Pick<MomentListProps, 'time' | 'count' | 'go'> {
  readonly id: string;
  readonly index: number;
  readonly start: number;
  readonly isCurrent: boolean;
}

/** Drawn once while one scrolls. */
const Line = memo(function Line({ id, time, index, start, isCurrent, count, go }: LineProps) {
  const { kind, text, means, at } = time.moments[index]!;
  return (
    <div
      id={id}
      role="option"
      aria-selected={isCurrent}
      aria-posinset={index + 1}
      aria-setsize={count}
      className={`moment moment-${means} moment-kind-${kind}`}
      style={{ transform: `translateY(${start}px)` }}
      onClick={() => go(index)}
    >
      <span className="moment-time">{clock.format(at)}</span>
      <span className="moment-kind">{WORDS.replay.kinds[kind]}</span>
      <span className="moment-text">{text}</span>
    </div>
  );
});

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
