import { useEffect, useRef, useState } from 'react';
import type { ShownColumn } from '../../../results/messages.ts';
import { RESULT_WORDS as WORDS } from '../../../words/results.ts';
import type { PageBridge } from '../bridge.ts';
import { Button } from '../button.tsx';
import type { CellPlace } from './selection.ts';

export interface CellPaneProps {
  readonly run: string;
  readonly place: CellPlace;
  readonly column: ShownColumn;
  readonly bridge: PageBridge;
  readonly onClose: () => void;
}

type Read = { readonly text: string | null; readonly isCut: boolean } | { readonly failure: string };

/** A value by itself, whole: what is long or nested is not read in a row. */
export function CellPane({ run, place: { row, column: index }, column, bridge, onClose }: CellPaneProps) {
  const [read, setRead] = useState<Read | null>(null);
  const pane = useRef<HTMLPreElement>(null);
  useEffect(() => {
    let isWanted = true;
    const ask = async () => {
      const { text, isCut } = await bridge.ask<'cell'>({ type: 'cell', run, row, column: index });
      return { text, isCut };
    };
    ask().then(
      (answer) => isWanted && setRead(answer),
      (error: Error) => isWanted && setRead({ failure: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, [bridge, run, row, index]);
  useEffect(() => pane.current?.focus(), []);
  return (
    <section
      className="cell-pane"
      aria-label={WORDS.value(column.name, row + 1)}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose();
      }}
    >
      <header>
        <h2>
          {WORDS.value(column.name, row + 1)}
          {column.masked !== null && <span className="grid-mark">{WORDS.masked(column.masked.method)}</span>}
        </h2>
        <Button onPress={onClose}>{WORDS.close}</Button>
      </header>
      <pre
        ref={pane}
        tabIndex={0}
        aria-label={column.name}
        className={column.masked === null ? '' : 'grid-masked'}
      >
        {read === null ? '' : 'failure' in read ? read.failure : (read.text ?? 'NULL')}
      </pre>
      {read !== null && 'isCut' in read && read.isCut && <p className="quiet">{WORDS.valueCut}</p>}
    </section>
  );
}
