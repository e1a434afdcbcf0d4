import { highlightSpecialChars } from '@codemirror/view';
import { useMemo } from 'react';
import { WORDS } from '../words.ts';
import { useEditor } from './editor.ts';
import { hiddenIn, INVISIBLE, hasInvisible } from './hidden.ts';
import { highlighting } from './highlighting.ts';
import { marks, type SqlMark } from './marks.ts';

export interface SqlViewProps {
  readonly sql: string;
  /** What the view is of, for people who do not see it. */
  readonly label: string;
  readonly marks?: readonly SqlMark[];
}

/**
 * A statement as it is, to be read: highlighted by the parser that decides on it, with the reasons in their places. What
 * could mislead is shown as what it is: characters that are invisible or turn the direction, and long runs of blanks.
 */
export function SqlView({ sql, label, marks: marked = NONE }: SqlViewProps) {
  const extensions = useMemo(
    () => [
      highlightSpecialChars({ addSpecialChars: INVISIBLE }),
      highlighting(sql),
      hiddenIn(sql),
      marks(marked, sql.length),
    ],
    [sql, marked],
  );
  const host = useEditor(sql, label, extensions);
  return (
    <div className="sql">
      <div ref={host} dir="ltr" />
      {hasInvisible(sql) && <p className="panel-body caution">{WORDS.request.hidden}</p>}
    </div>
  );
}

const NONE: readonly SqlMark[] = [];
