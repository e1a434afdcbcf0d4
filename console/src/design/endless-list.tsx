import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useKeys } from './keys.ts';
import './endless-list.css';

export interface EndlessListProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly row: (item: Item) => ReactNode;
  /** Pixels, about; a row is as high as it is. */
  readonly rowHeight: number;
  /** Called when the end comes near; null when there is no more, or more is under way. */
  readonly onNearEnd: (() => void) | null;
}

/**
 * A list of links that has no end in view. Only the rows in the window are in the page; j and k move along, and bring into
 * the page what they come to.
 */
export function EndlessList<Item>({
  label,
  items,
  keyOf,
  row,
  rowHeight,
  onNearEnd,
}: EndlessListProps<Item>) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const [wanted, setWanted] = useState<number | null>(null);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOf(items[index]!),
    overscan: 12,
    scrollMargin: top,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= items.length - NEAR) onNearEnd?.();
  }, [last, items.length, onNearEnd]);
  const linkAt = (index: number) =>
    list.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`) ?? null;
  const move = (by: number) => {
    const row = document.activeElement?.closest<HTMLElement>('[data-index]') ?? null;
    const isHere = row !== null && list.current?.contains(row) === true;
    const next = isHere ? Number(row.dataset['index']) + by : 0;
    const index = Math.max(0, Math.min(items.length - 1, next));
    virtual.scrollToIndex(index, { align: 'auto' });
    const link = linkAt(index);
    if (link === null) setWanted(index);
    else link.focus({ preventScroll: true });
  };
  useEffect(() => {
    const link = wanted === null ? null : linkAt(wanted);
    if (link === null) return;
    link.focus({ preventScroll: true });
    setWanted(null);
  });
  useKeys({ j: () => move(1), k: () => move(-1) });
  return (
    <ul className="endless" ref={list} aria-label={label} style={{ height: virtual.getTotalSize() }}>
      {rows.map(({ index, key, start }) => (
        <li
          key={key}
          ref={virtual.measureElement}
          data-index={index}
          aria-posinset={index + 1}
          aria-setsize={onNearEnd === null ? items.length : -1}
          style={{ transform: `translateY(${start - top}px)` }}
        >
          {row(items[index]!)}
        </li>
      ))}
    </ul>
  );
}

/** So many rows before the end, more are asked for. */
const NEAR = 25;
