import type { CatalogObjectView } from '@sluice/contract';
import type { BrowsedColumn, CatalogBrowser } from '../../gate.ts';
import type { Router } from '../router/index.ts';
import type { StatementService } from './statement-service.ts';

/** The catalog as whoever asks may know it, in the session that their statements without a driver have. */
export async function registerCatalog(
  router: Router,
  {
    statements,
    newId,
  }: { readonly statements: Pick<StatementService, 'browse'>; readonly newId: () => string },
): Promise<void> {
  await router.serve('catalog', {
    async databases(asked) {
      const databases = await statements.browse(callerOf(asked), asked.gone, (one) => one.databases());
      return { status: 200, body: { version: 1, databases } };
    },
    async schemas(asked) {
      const { database } = asked.query;
      const schemas = await statements.browse(callerOf(asked), asked.gone, (one) => one.schemas(database));
      return { status: 200, body: { version: 1, schemas } };
    },
    async objects(asked) {
      const { database, schema, after = null, limit } = asked.query;
      const { objects, next } = await statements.browse(callerOf(asked), asked.gone, (one) =>
        one.objects({ database, schema }, { after, most: limit }),
      );
      const listed = objects.map(({ name: { name }, type }) => ({ name, type }));
      return { status: 200, body: { version: 1, objects: listed, next } };
    },
    async object(asked) {
      const browsed = await statements.browse(callerOf(asked), asked.gone, (one) =>
        one.object(asked.query, newId()),
      );
      return { status: 200, body: objectView(asked.query, browsed) };
    },
  });
}

function callerOf<By>({ by, request }: { readonly by: By; readonly request: { readonly ip: string } }) {
  return { identity: by, address: request.ip, agent: null };
}

/** A table or view as whoever asks may know it. */
export function objectView(
  place: { readonly database: string; readonly schema: string; readonly name: string },
  { type, decision, columns }: Awaited<ReturnType<CatalogBrowser['object']>>,
): CatalogObjectView {
  const { effect, rule, reason, policyVersion } = decision;
  const select = { effect, rule, reason, policyVersion };
  const { database, schema, name } = place;
  return { version: 1, database, schema, name, type, select, columns: columns.map(columnView) };
}

function columnView({ name, type, nullable = true, tags, mask, maskedBy }: BrowsedColumn) {
  const shown = tags.map(({ tag, path }) => ({ tag, ...(path === undefined ? {} : { path: [...path] }) }));
  const own = maskedBy.length === 0 ? {} : { maskedBy: [...maskedBy] };
  return { name, type, nullable, tags: shown, mask, ...own };
}
