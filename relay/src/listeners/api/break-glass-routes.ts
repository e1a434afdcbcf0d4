import type { Router } from '../router/index.ts';
import type { ApiParts } from './parts.ts';

/** Opening break-glass for a statement that then comes by any client of the same account, and looking at it afterwards. */
export async function breakGlassRoutes(
  router: Router,
  { openings, reviews, defaults }: ApiParts,
): Promise<void> {
  await router.serve('breakGlass', {
    async open({ by, body }) {
      const { reason, sql, minutes, database = defaults.database, schema = defaults.schema } = body;
      const opening = await openings.open(by, { reason, sql, minutes, database, schema });
      return {
        status: 201,
        body: {
          version: 1,
          id: opening.id,
          database: opening.database,
          schema: opening.schema,
          until: new Date(opening.until).toISOString(),
        },
      };
    },
    async reviews({ by, query: { state } }) {
      return { status: 200, body: { version: 1, reviews: await reviews.list(by, state) } };
    },
    async close({ by, params: { id }, body: { comment } }) {
      return { status: 200, body: await reviews.close(by, id, comment) };
    },
  });
}
