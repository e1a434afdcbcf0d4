import { unifiedMergeView } from '@codemirror/merge';
import { useMemo } from 'react';
import { useEditor } from './editor.ts';
import { hiddenIn, visible } from './hidden.ts';
import { highlighting } from './highlighting.ts';

export interface SqlDiffProps {
  readonly before: string;
  readonly now: string;
  /** What the view is of, for people who do not see it. */
  readonly label: string;
}

/** What of a statement is other than in one before it. Characters that nobody sees are written out in both. */
export function SqlDiff({ before, now, label }: SqlDiffProps) {
  const [original, text] = [visible(before), visible(now)];
  const extensions = useMemo(
    () => [
      unifiedMergeView({
        original,
        mergeControls: false,
        collapseUnchanged: { margin: 2, minSize: 6 },
        // Beyond that, it shows a change as larger than it is, and does not hold the page up.
        diffConfig: { scanLimit: 2_000, timeout: 200 },
      }),
      highlighting(text),
      hiddenIn(text),
    ],
    [original, text],
  );
  return <div className="sql" ref={useEditor(text, label, extensions)} dir="ltr" />;
}
