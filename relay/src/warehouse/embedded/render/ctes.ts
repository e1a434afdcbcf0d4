import type { BoundCte, BoundView } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { renderQuery } from './query.ts';
import type { Rendering } from './rendering.ts';

/** The queries of WITH that are read. Last first: each wants something of those before it. */
export function renderCtes(rendering: Rendering, ctes: readonly BoundCte[]): readonly string[] {
  return ctes
    .toReversed()
    .flatMap((cte) => {
      const text = renderCte(rendering, cte);
      return text === null ? [] : [`${rendering.nameOf({ cte: cte.id })} AS (${text})`];
    })
    .toReversed();
}

/** The views that are read, each made once. They are given with each after those that it reads itself. */
export function renderViews(rendering: Rendering, views: readonly BoundView[]): readonly string[] {
  return views
    .toReversed()
    .flatMap((view) => {
      if (view.query === null || !rendering.isRead({ view })) return [];
      const text = renderQuery(rendering, view.query, rendering.wantedOf({ view }));
      return [`${rendering.nameOf({ view })} AS (${text})`];
    })
    .toReversed();
}

/** Any of them may be recursive: the word does nothing for the others, each of which has a name of its own. */
export function renderWith(ctes: readonly string[]): string {
  return ctes.length === 0 ? '' : `WITH RECURSIVE ${ctes.join(', ')} `;
}

function renderCte(rendering: Rendering, cte: BoundCte): string | null {
  if (!rendering.isRead({ cte: cte.id })) return null;
  if (!cte.recursive) return renderQuery(rendering, cte.query, rendering.wantedOf({ cte: cte.id }));
  const { body, orderBy, limit } = cte.query;
  const isSimple = body.kind === 'set_operation' && orderBy.length === 0 && limit === null;
  if (!isSimple || body.operators.some(({ operator, all }) => operator !== 'UNION' || !all)) {
    throw unsupported('this form of a recursive query');
  }
  // What it wants of itself it has to give.
  for (;;) {
    const wanted = rendering.wantedOf({ cte: cte.id });
    const text = renderQuery(rendering, cte.query, wanted);
    if (rendering.wantedOf({ cte: cte.id }).length === wanted.length) return text;
  }
}
