import { WORDS } from '../words.ts';
import './skeleton.css';

export interface SkeletonProps {
  readonly rows?: number;
  /** Rows of two lines, as those who ask and sessions have. */
  readonly isTall?: boolean;
}

/** What is loading, in the shape of what comes: a sentence, and panels below it. */
export function SkeletonPage() {
  return (
    <div className="skeleton-page" role="status" aria-label={WORDS.loading}>
      <div className="skeleton skeleton-sentence" />
      <div className="skeleton skeleton-panel" />
      <div className="skeleton skeleton-panel" />
    </div>
  );
}

/** What is loading, in the shape of what comes: rows of a list. */
export function Skeleton({ rows = 3, isTall = false }: SkeletonProps) {
  return (
    <div className="rows" role="status" aria-label={WORDS.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={isTall ? 'skeleton skeleton-tall' : 'skeleton'} />
      ))}
    </div>
  );
}
