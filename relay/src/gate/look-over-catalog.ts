import {
  analyze,
  type CatalogColumn,
  loadedCatalog,
  namesIn,
  type ObjectName,
  type ResolutionContext,
  split,
  type Understanding,
} from '@sluice/snowflake-sql';
import {
  ANY_NAME,
  type ColumnTag,
  type Policy,
  rulesNaming,
  type TagLookup,
  toldTags,
  withTags,
} from '../policy/index.ts';
import type { Session, SessionId } from '../session/index.ts';
import { loadNamed } from '../warehouse/planning.ts';
import { orGiveUp } from './give-up.ts';
import type { GateParts } from './parts.ts';
import { inFreshContext } from './session-context.ts';
import { objectsAfter, type ObjectsAfter } from './walk-catalog.ts';

/** The warehouse's catalog, as nobody in particular: for people who look after the policy. Nothing runs. */
export interface CatalogOverview {
  /** What the policy in force says of tables and columns, of all that there are. */
  covered(page: ObjectsAfter): Promise<CoveredPage>;
  /** What a text means with the catalog of today. Nothing for one that is too long to be read while others wait. */
  understand(sql: string, context: ResolutionContext): Promise<readonly Understanding[]>;
}

export interface CoveredPage {
  readonly objects: readonly CoveredObject[];
  readonly next: ObjectName | null;
}

export interface CoveredObject {
  readonly name: ObjectName;
  readonly type: 'table' | 'view';
  /** Rules that name it. */
  readonly rules: readonly string[];
  readonly columns: readonly (CatalogColumn & { readonly tags: readonly ColumnTag[] })[];
}

/** Characters of a text that is read on the relay's own thread. */
const LONGEST = 16 * 1_024;

export async function lookOverCatalog<Done>(
  parts: GateParts,
  work: (overview: CatalogOverview) => Promise<Done>,
  signal: AbortSignal,
): Promise<Done> {
  return await inFreshContext(parts.warehouse, nobodysSession(parts), async (context) => {
    const { catalog } = await orGiveUp(context.warehouse(), signal);
    return await work({
      async covered(page) {
        const policy = parts.policy();
        const walk = { catalog, isKnown: () => true, namesIn: () => [ANY_NAME] };
        const { found, next } = await objectsAfter(walk, page, signal);
        const names = found.map(({ name }) => ({ name, type: 'table' as const }));
        const loaded = names.length === 0 ? [] : await orGiveUp(catalog.load(names), signal);
        const objects = loaded.flatMap((entry): CoveredObject[] => {
          const { object } = entry;
          if (object === null || !('columns' in object)) return [];
          const { name, type, columns } = object;
          const tags = withTags(parts.classification.tags, toldTags(policy, entry));
          return [
            { name, type, rules: rulesNaming(policy, name), columns: tagged(tags, policy, name, columns) },
          ];
        });
        return { objects, next };
      },
      async understand(sql, session) {
        if (sql.length > LONGEST) return [];
        const named = await orGiveUp(loadNamed(namesOf(sql), session, catalog, namesOf), signal);
        return named === null ? [] : analyze(sql, loadedCatalog(named.objects), session);
      },
    });
  });
}

const namesOf = (sql: string) => namesIn(split(sql));

function tagged(
  tags: TagLookup,
  policy: Policy,
  object: ObjectName,
  columns: readonly CatalogColumn[],
): CoveredObject['columns'] {
  return columns.map((column) => ({
    ...column,
    tags: policy.tagsOf({ object, column: column.name }, tags),
  }));
}

/** In which names are looked up as everybody's begin: it is in no store, and no statement is ever in it. */
function nobodysSession({ warehouse }: Pick<GateParts, 'warehouse'>): Session {
  const nobody = {
    id: 'nobody' as Session['identity']['id'],
    issuer: '',
    subject: '',
    name: '',
    person: {},
    groups: [],
    kind: 'workload',
    tokenId: null,
    tokenClient: null,
    signedInAt: null,
    acr: null,
    mayDecide: false,
    issuedAt: 0,
    expiresAt: 0,
  } as const;
  const client = { application: '', version: '', protocol: 'api', address: '', agent: null } as const;
  return {
    id: 'nobody' as SessionId,
    number: 0,
    identity: nobody,
    client,
    state: warehouse.defaults,
    parameters: {},
    openedAt: 0,
    expiresAt: 0,
  };
}
