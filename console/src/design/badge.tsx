import type { ReactNode } from 'react';
import './badge.css';

/** What a colour stands for. Each comes with a word: never by colour alone. */
export type Meaning = 'waits' | 'refused' | 'agreed' | 'masked' | 'neutral';

export function Badge({ means, children }: { readonly means: Meaning; readonly children: ReactNode }) {
  return <span className={`badge badge-${means}`}>{children}</span>;
}
