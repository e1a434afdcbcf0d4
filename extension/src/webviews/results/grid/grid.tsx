import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'react';
import { useSyncExternalStore } from 'react';
import { MOST_ROWS_ASKED, type ShownColumn, type ShownRun } from '../../../results/messages.ts';
import { RESULT_WORDS as WORDS } from '../../../words/results.ts';
import { Refused } from '../bridge.ts';
import { Button } from '../button.tsx';
import type { PageParts } from '../page-parts.ts';
import { CellPane } from './cell-pane.tsx';
import { GridHead, GridRow } from './grid-parts.tsx';
import { columnsBetween, heightOf, ROW_HEIGHT, scrollTopFor, startsOf, topAt, topWith } from './place.ts';
import { createRowPages, type ShownRow } from './row-pages.ts';
import { afterKey, type CellPlace, isIn, rangeOf } from './selection.ts';
import { NUMBERS_WIDTH, widthOf } from './widths.ts';

export interface GridProps extends PageParts {
  readonly run: ShownRun;
  readonly columns: readonly ShownColumn[];
  readonly rowCount: number;
}

/**
 * The rows of a result. What is in view is in the page, and what was looked at last is kept; everything else is asked for
 * as it is scrolled to. The position is a row, and not a pixel: a result may be higher than a browser can draw.
 */
export function Grid({ run, columns, rowCount, bridge, state }: GridProps) {
  const kept = useSyncExternalStore(state.subscribe, state.kept);
  const scroller = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [view, setView] = useState({ width: 800, height: 400 });
  const pages = useMemo(
    () =>
      createRowPages({
        async ask(from, limit) {
          const most = Math.min(limit, rowCount - from, MOST_ROWS_ASKED);
          const { rows } = await bridge.ask<'rows'>({ type: 'rows', run: run.id, from, limit: most });
          return rows;
        },
        onChange(problem) {
          setFailure(problem);
          redraw();
        },
      }),
    [bridge, run.id, rowCount],
  );
  const { selection } = kept;
  const scrolled = { rows: rowCount, view: Math.max(ROW_HEIGHT, view.height - ROW_HEIGHT) };
  const top = Math.min(kept.top, Math.max(0, rowCount - 1));
  const pageRows = Math.max(1, Math.floor(scrolled.view / ROW_HEIGHT));

  const first = Math.floor(top);
  const last = Math.min(rowCount - 1, Math.ceil(top + scrolled.view / ROW_HEIGHT));
  const shown: { readonly index: number; readonly row: ShownRow | undefined }[] = [];
  for (let index = first; index <= last; index += 1) shown.push({ index, row: pages.row(index) });
  const sample = useRef<readonly ShownRow[]>([]);
  if (sample.current.length === 0)
    sample.current = shown.flatMap(({ row }) => (row === undefined ? [] : [row]));
  const isMeasured = sample.current.length > 0;
  const widths = useMemo(
    () => columns.map((column, index) => kept.widths[index] ?? widthOf(column, sample.current, index)),
    // Measured once there is something to measure.
    [columns, kept.widths, isMeasured],
  );
  const starts = useMemo(() => startsOf(widths), [widths]);
  const across = columnsBetween(starts, kept.left, kept.left + view.width);
  const range = rangeOf(selection);

  /** Where the scroll bar was put by the page itself. */
  const ownScroll = useRef(-1);
  const goTo = (nextTop: number, left: number) => {
    const element = scroller.current;
    if (element !== null) {
      element.scrollTop = scrollTopFor(nextTop, scrolled);
      element.scrollLeft = left;
      ownScroll.current = element.scrollTop;
    }
    if (nextTop !== kept.top || left !== kept.left) state.keep({ top: nextTop, left });
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = () => setView({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // As it was before the tab was hidden.
  useLayoutEffect(() => goTo(kept.top, kept.left), [view.height]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    // By rows: by the scroll bar, a turn of the wheel would be thousands of rows of a long result.
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? event.deltaY : event.deltaY / ROW_HEIGHT;
      const next = state.kept().top + lines;
      goTo(
        Math.max(0, Math.min(next, Math.max(0, rowCount - scrolled.view / ROW_HEIGHT))),
        element.scrollLeft,
      );
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  });
  const onScroll = () => {
    const element = scroller.current!;
    const isOwn = Math.abs(element.scrollTop - ownScroll.current) < 1;
    ownScroll.current = -1;
    const next = isOwn ? kept.top : topAt(element.scrollTop, scrolled);
    if (next !== kept.top || element.scrollLeft !== kept.left) {
      state.keep({ top: next, left: element.scrollLeft });
    }
  };

  const reveal = ({ row, column }: CellPlace) => {
    const seen = view.width - NUMBERS_WIDTH;
    const from = starts[column]!;
    const to = starts[column + 1]!;
    const left = from < kept.left ? from : to > kept.left + seen ? Math.min(from, to - seen) : kept.left;
    goTo(topWith(row, top, scrolled), left);
  };
  const select = (active: CellPlace, isExtended: boolean) =>
    state.keep({ selection: { active, anchor: isExtended ? selection.anchor : active } });
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.altKey && event.shiftKey && /^Arrow(Left|Right)$/.test(event.key)) {
      event.preventDefault();
      const { column } = selection.active;
      resize(column, widths[column]! + (event.key === 'ArrowRight' ? 16 : -16));
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      setIsOpen(true);
      return;
    }
    const next = afterKey(selection, event, { rows: rowCount, columns: columns.length, pageRows });
    if (next === null) return;
    event.preventDefault();
    state.keep({ selection: next });
    const isAll = (event.ctrlKey || event.metaKey) && ['a', ' '].includes(event.key.toLowerCase());
    if (!isAll) reveal(next.active);
  };
  const resize = (column: number, width: number) =>
    state.keep({ widths: { ...state.kept().widths, [column]: Math.max(48, Math.min(1_200, width)) } });
  const copy = (withHeaders: boolean) =>
    bridge.tell({ type: 'copy', run: run.id, range, as: 'tsv', withHeaders });
  const isActiveShown = selection.active.row >= first && selection.active.row <= last;

  return (
    <div className="grid-frame">
      <div
        ref={scroller}
        className="grid"
        role="grid"
        tabIndex={0}
        aria-label={WORDS.label}
        aria-describedby="grid-keys"
        aria-multiselectable
        aria-readonly
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length + 1}
        {...(isActiveShown && { 'aria-activedescendant': cellId(selection.active) })}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onKeyDownCapture={(event) => {
          // The editor's own copy is an event; with Shift it is nobody's.
          if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'c') {
            event.preventDefault();
            copy(true);
          }
        }}
        onCopy={(event) => {
          event.preventDefault();
          copy(false);
        }}
      >
        <div
          className="grid-space"
          role="presentation"
          style={{
            width: starts.at(-1)! + NUMBERS_WIDTH,
            height: heightOf(rowCount) + ROW_HEIGHT,
          }}
        >
          <div className="grid-view" role="rowgroup">
            <GridHead
              columns={columns}
              starts={starts}
              across={across}
              onResize={resize}
              onSelect={(column) =>
                state.keep({
                  selection: { anchor: { row: 0, column }, active: { row: rowCount - 1, column } },
                })
              }
            />
            {shown.map(({ index, row }) => (
              <GridRow
                key={index}
                index={index}
                row={row}
                y={(index - top + 1) * ROW_HEIGHT}
                columns={columns}
                starts={starts}
                across={across}
                isSelected={(column) => isIn(range, { row: index, column })}
                active={selection.active.row === index ? selection.active.column : null}
                idOf={(column) => cellId({ row: index, column })}
                onPress={(column, isExtended) => {
                  if (column === null) {
                    const anchor = isExtended
                      ? { ...selection.anchor, column: 0 }
                      : { row: index, column: 0 };
                    state.keep({ selection: { anchor, active: { row: index, column: columns.length - 1 } } });
                  } else select({ row: index, column }, isExtended);
                }}
                onDrag={(column) => select({ row: index, column }, true)}
                onOpen={() => setIsOpen(true)}
              />
            ))}
          </div>
        </div>
      </div>
      {isOpen && (
        <CellPane
          run={run.id}
          place={selection.active}
          column={columns[selection.active.column]!}
          bridge={bridge}
          onClose={() => {
            setIsOpen(false);
            scroller.current?.focus();
          }}
        />
      )}
      {failure !== null && (
        <div className="notice refused" role="alert">
          <h2>{WORDS.lost}</h2>
          <p>{failure.message}</p>
          {failure instanceof Refused && <p>{failure.advice}</p>}
          <Button
            onPress={() => {
              setFailure(null);
              pages.retry();
              redraw();
            }}
          >
            {WORDS.retry}
          </Button>
        </div>
      )}
      <p id="grid-keys" className="grid-foot quiet">
        <span>{WORDS.selected(range.toRow - range.fromRow, range.toColumn - range.fromColumn)}</span>{' '}
        <span>{WORDS.keys}</span>
      </p>
    </div>
  );
}

function cellId({ row, column }: CellPlace): string {
  return `cell-${row}-${column}`;
}
