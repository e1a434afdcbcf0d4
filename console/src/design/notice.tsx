import type { ReactNode } from 'react';
import type { Meaning } from './badge.tsx';
import './notice.css';

export interface NoticeProps {
  readonly means?: Meaning;
  readonly title: string;
  /** What to do next. */
  readonly children?: ReactNode;
  /** Told to screen readers at once: something went wrong because of what was just done. */
  readonly isAlert?: boolean;
}

/** One of a page's other faces: empty, offline, an error, no right to see this. */
export function Notice({ means = 'neutral', title, children, isAlert = false }: NoticeProps) {
  return (
    <section className={`notice notice-${means}`} role={isAlert ? 'alert' : undefined}>
      <h2>{title}</h2>
      {children !== undefined && <div className="notice-more">{children}</div>}
    </section>
  );
}
