import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { Compartment, EditorState, type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, EditorView, keymap, lineNumbers, WidgetType } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import css from './code-editor.css?inline';
import { codeRoot, styleSheet } from './code-root.ts';

export interface CodeProblem {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** Help while somebody writes. Offsets are in UTF-16 code units. */
export interface CodeAssist {
  /** What may be written, in the place of what is between `from` and the offset. */
  complete(
    text: string,
    offset: number,
  ): {
    readonly from: number;
    readonly options: readonly {
      readonly label: string;
      readonly detail: string;
      readonly info: string;
      readonly apply: string;
    }[];
  } | null;
  /** What the thing there is for; empty for nothing to say. */
  explain(text: string, offset: number): string;
}

export interface CodeEditorProps {
  readonly text: string;
  readonly label: string;
  readonly onChange: (text: string) => void;
  /** Shown below their lines. */
  readonly problems?: readonly CodeProblem[];
  /** Changes whenever the text is replaced from outside. */
  readonly generation?: number;
  /** Another object each time that the viewer wants to be taken to a place: 1-based. */
  readonly goTo?: { readonly line: number; readonly column: number } | null;
  readonly assist?: CodeAssist | null;
}

const NONE: readonly CodeProblem[] = [];

/** A text to be edited, with line numbers, and with what is wrong in its place. Tab leaves it, as it leaves any field. */
export function CodeEditor({
  text,
  label,
  onChange,
  problems = NONE,
  generation = 0,
  goTo = null,
  assist = null,
}: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const change = useRef(onChange);
  change.current = onChange;
  const [said, setSaid] = useState('');
  const help = useRef(assist);
  help.current = assist;
  const initial = useRef(text);
  initial.current = text;
  useEffect(() => {
    if (host.current === null) return undefined;
    const root = codeRoot(host.current, styles);
    const made = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: initial.current,
        extensions: [
          lineNumbers(),
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            'aria-label': label,
            'aria-multiline': 'true',
            spellcheck: 'false',
            // Whoever scrolls by keys has to find it.
            tabindex: '0',
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current(update.state.doc.toString());
            if (update.docChanged || update.selectionSet) setSaid(explained(help.current, update.state));
          }),
          completion.of([]),
          shownProblems.of([]),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [label, generation]);
  useEffect(() => {
    const made = view.current;
    if (made !== null)
      made.dispatch({ effects: shownProblems.reconfigure(problemMarks(problems, made.state)) });
  }, [problems, label, generation]);
  useEffect(() => {
    const made = view.current;
    if (made === null || goTo === null) return;
    const line = made.state.doc.line(Math.max(1, Math.min(goTo.line, made.state.doc.lines)));
    const anchor = Math.min(line.to, line.from + Math.max(0, goTo.column - 1));
    made.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    made.focus();
  }, [goTo]);
  useEffect(() => {
    view.current?.dispatch({ effects: completion.reconfigure(assist === null ? [] : completing(assist)) });
  }, [assist, label, generation]);
  return (
    <>
      <div ref={host} className="code-editor" dir="ltr" />
      {assist !== null && (
        <p className="panel-body hint" role="status">
          {said}
        </p>
      )}
    </>
  );
}

function explained(assist: CodeAssist | null, { doc, selection }: EditorState): string {
  return assist?.explain(doc.toString(), selection.main.head) ?? '';
}

function completing(assist: CodeAssist): Extension {
  return [
    autocompletion({
      icons: false,
      override: [
        ({ state, pos, explicit }) => {
          const found = assist.complete(state.doc.toString(), pos);
          // An empty list would only be in the way; nor is anything listed before a word was begun, unless it is asked for.
          if (found === null || found.options.length === 0 || (!explicit && found.from === pos)) return null;
          return { from: found.from, options: [...found.options], validFor: /^[\w.-]*$/ };
        },
      ],
    }),
    keymap.of(completionKeymap),
  ];
}

const completion = new Compartment();

const shownProblems = new Compartment();
const styles = styleSheet(css);

function problemMarks(problems: readonly CodeProblem[], { doc }: EditorState): Extension {
  const sorted = problems
    .map(({ line, message }) => ({ message, at: doc.line(Math.max(1, Math.min(line, doc.lines))) }))
    .toSorted((one, other) => one.at.from - other.at.from);
  const ranges = new RangeSetBuilder<Decoration>();
  for (const from of new Set(sorted.map(({ at }) => at.from)))
    ranges.add(from, from, Decoration.line({ class: 'code-problem-line' }));
  const messages = sorted.map(({ at, message }) =>
    Decoration.widget({ widget: new Message(message), side: 1, block: true }).range(at.to),
  );
  return [
    EditorView.decorations.of(ranges.finish()),
    EditorView.decorations.of(Decoration.set(messages, true)),
  ];
}

class Message extends WidgetType {
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override eq(other: Message): boolean {
    return other.text === this.text;
  }

  override toDOM(): HTMLElement {
    const message = document.createElement('div');
    message.className = 'code-problem';
    message.textContent = this.text;
    return message;
  }
}
