import type { ShownCell, ShownColumn } from '../../../results/messages.ts';
import { RESULT_WORDS as WORDS } from '../../../words/results.ts';
import { NUMBERS_WIDTH } from './widths.ts';
import type { ShownRow } from './row-pages.ts';

interface Across {
  readonly columns: readonly ShownColumn[];
  /** Pixels. */
  readonly starts: readonly number[];
  /** The columns that are in the page. */
  readonly across: { readonly first: number; readonly last: number };
}

export interface GridHeadProps extends Across {
  readonly onResize: (column: number, width: number) => void;
  readonly onSelect: (column: number) => void;
}

/** Names, types, and what is masked. */
export function GridHead({ columns, starts, across, onResize, onSelect }: GridHeadProps) {
  const beginResize = (index: number, down: React.PointerEvent<HTMLElement>) => {
    down.preventDefault();
    down.stopPropagation();
    const handle = down.currentTarget;
    const from = down.clientX;
    const width = starts[index + 1]! - starts[index]!;
    handle.setPointerCapture(down.pointerId);
    const move = ({ clientX }: PointerEvent) => onResize(index, width + clientX - from);
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', () => handle.removeEventListener('pointermove', move), {
      once: true,
    });
  };
  return (
    <div role="row" aria-rowindex={1} className="grid-row grid-head">
      <div role="columnheader" aria-colindex={1} className="grid-number" style={{ width: NUMBERS_WIDTH }}>
        <span className="visually-hidden">{WORDS.tabs.rows}</span>#
      </div>
      {between(across).map((index) => {
        const { name, type, masked, computedOn, isNumeric } = columns[index]!;
        const about = [
          `${name}: ${type}`,
          ...(masked === null ? [] : [WORDS.maskedBecause(masked.method, masked.because)]),
          ...(computedOn === null ? [] : [WORDS.computedOn(computedOn.on, computedOn.because)]),
        ].join('\n');
        return (
          <div
            key={index}
            role="columnheader"
            aria-colindex={index + 2}
            className={`grid-cell${isNumeric ? ' grid-numeric' : ''}${masked === null ? '' : ' grid-masked-head'}`}
            style={cellStyle(starts, index)}
            title={about}
            onPointerDown={() => onSelect(index)}
          >
            <span className="grid-name">{name}</span>
            <span className="grid-type">{type}</span>
            {masked !== null && <span className="grid-mark">{WORDS.masked(masked.method)}</span>}
            <span
              className="grid-edge"
              aria-hidden="true"
              onPointerDown={(event) => beginResize(index, event)}
            />
          </div>
        );
      })}
    </div>
  );
}

export interface GridRowProps extends Across {
  readonly index: number;
  /** Undefined while it is on its way. */
  readonly row: ShownRow | undefined;
  /** Pixels. */
  readonly y: number;
  readonly isSelected: (column: number) => boolean;
  /** The column of the cell that keys act on, where it is in this row. */
  readonly active: number | null;
  readonly idOf: (column: number) => string;
  /** Null: the row itself. */
  readonly onPress: (column: number | null, isExtended: boolean) => void;
  readonly onDrag: (column: number) => void;
  readonly onOpen: () => void;
}

export function GridRow(props: GridRowProps) {
  const { index, row, y, columns, starts, across, isSelected, active, idOf, onPress, onDrag, onOpen } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="grid-row"
      style={{ transform: `translateY(${y}px)` }}
    >
      <div
        role="rowheader"
        aria-colindex={1}
        className="grid-number"
        style={{ width: NUMBERS_WIDTH }}
        onPointerDown={({ shiftKey }) => onPress(null, shiftKey)}
      >
        {WORDS.rowNumber(index + 1)}
      </div>
      {between(across).map((column) => {
        const text = row?.[column];
        const shown = columns[column]!;
        return (
          <div
            key={column}
            id={idOf(column)}
            role="gridcell"
            aria-colindex={column + 2}
            aria-selected={isSelected(column)}
            className={classOf(shown, text, active === column)}
            style={cellStyle(starts, column)}
            onPointerDown={({ shiftKey, button }) => {
              if (button === 0) onPress(column, shiftKey);
            }}
            onPointerEnter={({ buttons }) => {
              if (buttons === 1) onDrag(column);
            }}
            onDoubleClick={onOpen}
            {...labelOf(shown, text)}
          >
            {text === undefined ? '' : (text ?? 'NULL')}
          </div>
        );
      })}
    </div>
  );
}

function between({ first, last }: Across['across']): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => first + step);
}

function cellStyle(starts: readonly number[], index: number) {
  return { left: starts[index]! + NUMBERS_WIDTH, width: starts[index + 1]! - starts[index]! };
}

function classOf({ isNumeric, masked }: ShownColumn, text: ShownCell | undefined, isActive: boolean): string {
  const classes = ['grid-cell'];
  if (isNumeric) classes.push('grid-numeric');
  if (masked !== null) classes.push('grid-masked');
  if (text === null) classes.push('grid-null');
  if (text === undefined) classes.push('grid-loading');
  if (isActive) classes.push('grid-active');
  return classes.join(' ');
}

/** Whoever does not see the hatching is told. */
function labelOf({ masked }: ShownColumn, text: ShownCell | undefined) {
  if (text === undefined) return { 'aria-label': WORDS.loadingCell };
  if (masked === null) return {};
  return {
    'aria-label': WORDS.maskedCell(text ?? 'NULL', masked.method),
    title: WORDS.maskedBecause(masked.method, masked.because),
  };
}
