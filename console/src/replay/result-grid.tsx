import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { Notice } from '../design/notice.tsx';
import { Failure } from '../relay/failure.tsx';
import { useRelay } from '../relay/relay-provider.tsx';
import { WORDS } from '../words.ts';
import { isForged, type Proven, readPayload } from './payload.ts';
import { readableCell } from './readable-cell.ts';
import type { Reading } from './recording.ts';
import type { Row } from './rows.ts';
import type { Body } from './worker-messages.ts';

/** A payload with rows: the event that names it, its place there, and its address. */
export interface RowsPlace {
  readonly seq: number;
  readonly place: number;
  readonly address: string;
}

export interface ResultGridProps {
  readonly session: string;
  readonly result: Body<'result'>;
  readonly places: readonly RowsPlace[];
  /** By the column's index: the mask's name, and why. */
  readonly masks: ReadonlyMap<number, { readonly method: string; readonly because: string }>;
  readonly reading: Reading;
  readonly proven: Proven;
}

const ROW = 28;
const words = WORDS.replay;

/** The rows as the client was sent them. Masked cells look masked. Only what is in view is in the page. */
export function ResultGrid({ session, result, places, masks, reading, proven }: ResultGridProps) {
  const { client } = useRelay();
  const query = useInfiniteQuery({
    queryKey: ['rows', session, places],
    initialPageParam: 0,
    queryFn: async ({ signal, pageParam }) => {
      const { seq, place, address } = places[pageParam]!;
      const { bytes, digest } = await readPayload(client, { id: session, seq, place }, signal);
      return { digest, address, rows: await reading.rows({ bytes, encoding: result.encoding }) };
    },
    getNextPageParam: (_page, _pages, at) => (at + 1 < places.length ? at + 1 : null),
    enabled: places.length > 0,
    gcTime: 30_000,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query;
  const more = hasNextPage && !isFetchingNextPage && !isError ? () => void fetchNextPage() : null;
  if (query.data?.pages.some(({ address, digest }) => isForged(proven, address, digest)) === true) {
    return (
      <Notice means="refused" title={words.rowsForged} isAlert>
        {words.rowsForgedAdvice}
      </Notice>
    );
  }
  if (isError && rows.length === 0) {
    const isGone = 'code' in query.error && query.error.code === 'result_unavailable';
    if (isGone) return <Notice title={words.rowsGone} />;
    return <Failure error={query.error} retry={() => void query.refetch()} />;
  }
  if (query.isPending && places.length > 0)
    return <div className="grid-skeleton" role="status" aria-label={WORDS.loading} />;
  if (rows.length === 0) return <p className="panel-body hint">{words.noRows}</p>;
  return <Grid columns={result.columns} rows={rows} masks={masks} onNearEnd={more} />;
}

interface GridProps extends Pick<ResultGridProps, 'masks'> {
  readonly columns: Body<'result'>['columns'];
  readonly rows: readonly Row[];
  readonly onNearEnd: (() => void) | null;
}

function Grid({ columns, rows, masks, onNearEnd }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const widths = useMemo(() => columns.map((_, index) => widthOf(columns, rows, index)), [columns, rows]);
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollMargin: ROW,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => widths[index]!,
    overscan: 2,
  });
  const last = down.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - NEAR) onNearEnd?.();
  }, [last, rows.length, onNearEnd]);
  const shown = across.getVirtualItems();
  const title = (index: number) => {
    const mask = masks.get(index);
    return columns[index]!.masked
      ? words.masked(mask?.method ?? words.maskedHead, mask?.because ?? '')
      : undefined;
  };
  return (
    <div
      ref={scroller}
      className="grid"
      role="region"
      data-scrolls
      tabIndex={0}
      aria-label={words.grid}
      style={{ height: Math.min(rows.length + 1, MOST_ROWS) * ROW + 14 }}
    >
      <div
        role="table"
        aria-label={words.grid}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        style={{ width: across.getTotalSize(), height: down.getTotalSize() + ROW }}
      >
        <div role="row" className="grid-head" aria-rowindex={1}>
          {shown.map(({ index, start, size }) => {
            const column = columns[index]!;
            return (
              <div
                key={index}
                role="columnheader"
                aria-colindex={index + 1}
                className={column.masked ? 'grid-cell grid-masked-head' : 'grid-cell'}
                style={{ width: size, transform: `translateX(${start}px)` }}
                title={title(index) ?? column.type}
              >
                {column.name}
                {column.masked && (
                  <span className="grid-mark">{masks.get(index)?.method ?? words.maskedHead}</span>
                )}
              </div>
            );
          })}
        </div>
        {down.getVirtualItems().map(({ index: row, start }) => (
          <div
            key={row}
            role="row"
            aria-rowindex={row + 2}
            className="grid-row"
            style={{ transform: `translateY(${start}px)` }}
          >
            {shown.map(({ index, start: from, size }) => {
              const { type, masked } = columns[index]!;
              const cell = rows[row]![index] ?? null;
              return (
                <div
                  key={index}
                  role="cell"
                  aria-colindex={index + 1}
                  className={`grid-cell${masked ? ' grid-masked' : ''}${cell === null ? ' grid-null' : ''}`}
                  style={{ width: size, transform: `translateX(${from}px)` }}
                  title={masked ? title(index) : (cell ?? undefined)}
                >
                  {cell === null ? 'NULL' : readableCell(type, cell)}
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

const NEAR = 40;
const MOST_ROWS = 16;

/** Pixels, by its name and the first rows. */
function widthOf(columns: GridProps['columns'], rows: readonly Row[], index: number): number {
  const { name, type, masked } = columns[index]!;
  const cells = rows.slice(0, 40).map((row) => readableCell(type, row[index] ?? '').length);
  return Math.min(360, 28 + 7.6 * Math.max(4, name.length + (masked ? 9 : 0), ...cells));
}
