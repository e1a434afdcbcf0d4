import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeRoot, styleSheet } from '../design/code-root.ts';
import css from './sql-view.css?inline';

/** A text that is shown and not changed, in the element that the reference is given to. */
export function useEditor(text: string, label: string, extensions: Extension) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return undefined;
    const root = codeRoot(host.current, styles);
    const state = EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        EditorView.lineWrapping,
        // Places are those of the text as it was sent: a carriage return is a character, and shown as one.
        EditorState.lineSeparator.of('\n'),
        // It can be focused and read by the keyboard, and not changed.
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
        EditorView.perLineTextDirection.of(false),
        extensions,
      ],
    });
    const view = new EditorView({ state, parent: root, root });
    return () => view.destroy();
  }, [text, label, extensions]);
  return host;
}

const styles = styleSheet(css);
