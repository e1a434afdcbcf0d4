import { WORDS } from '../words.ts';
import './skeleton.css';

/** What is loading, in the shape of what comes: rows of a list. */
export function Skeleton({ rows = 3 }: { readonly rows?: number }) {
  return (
    <div className="rows" role="status" aria-label={WORDS.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton" />
      ))}
    </div>
  );
}
