import { type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, EditorView, WidgetType } from '@codemirror/view';

/** A part of a statement that it is held or refused for. */
export interface SqlMark {
  /** UTF-16 code units. */
  readonly from: number;
  readonly to: number;
  /** The rule's name, shown behind the part. */
  readonly label: string;
  /** Shown when it is pointed at. */
  readonly reason: string;
}

export function marks(given: readonly SqlMark[], length: number): Extension {
  const sorted = given
    .map((mark) => ({ ...mark, from: Math.max(0, mark.from), to: Math.min(length, mark.to) }))
    .filter(({ from, to }) => from < to)
    .toSorted((one, other) => one.from - other.from || one.to - other.to);
  const ranges = new RangeSetBuilder<Decoration>();
  for (const { from, to, reason } of sorted) {
    ranges.add(from, to, Decoration.mark({ class: 'sql-reason', attributes: { title: reason } }));
  }
  const labels = Decoration.set(
    sorted.map(({ to, label }) => Decoration.widget({ widget: new Label(label), side: 1 }).range(to)),
    true,
  );
  return [EditorView.decorations.of(ranges.finish()), EditorView.decorations.of(labels)];
}

class Label extends WidgetType {
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override eq(other: Label): boolean {
    return other.text === this.text;
  }

  override toDOM(): HTMLElement {
    const label = document.createElement('span');
    label.className = 'sql-label';
    label.textContent = this.text;
    return label;
  }
}
