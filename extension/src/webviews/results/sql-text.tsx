import type { ShownState } from '../../results/messages.ts';

type Place = NonNullable<Extract<ShownState, { phase: 'failed' }>['error']['place']>;

/** A statement to the letter; what is wrong with it is marked. */
export function SqlText({ sql, place = null }: { readonly sql: string; readonly place?: Place | null }) {
  return (
    <pre className="sql" tabIndex={0} aria-label="SQL">
      <code>
        {place === null ? (
          sql
        ) : (
          <>
            {sql.slice(0, place.start)}
            <mark>{sql.slice(place.start, Math.max(place.end, place.start + 1))}</mark>
            {sql.slice(Math.max(place.end, place.start + 1))}
          </>
        )}
      </code>
    </pre>
  );
}
