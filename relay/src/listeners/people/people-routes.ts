import { formatObjectName } from '@sluice/snowflake-sql';
import type { AsWhom, KnownPersonView, ReachedObjectView } from '@sluice/contract';
import { actsAs, type Grants, isOn, type LiveGrant, summaryOf } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import type { Gate, ReachedObject, Somebody } from '../../gate.ts';
import type { Identity, KnownPerson } from '../../identity/index.ts';
import type { Session } from '../../session/index.ts';
import type { Places } from '../../limits/index.ts';
import { mustBeOneOf } from '../api/must-be-one-of.ts';
import type { Router } from '../router/index.ts';
import { explanationView, isSessionOfProgram } from '../statements/index.ts';
import { personOf, whomWords } from './whose.ts';

/** Columns of one table that are listed; a wider one is counted. */
const MOST_COLUMNS = 500;

export interface PeopleParts {
  readonly people: {
    /** Everybody who has signed in, as their newest token said, by id. */
    list(): Promise<readonly KnownPerson[]>;
    /** By a revocation. */
    isOut(person: KnownPerson): boolean;
  };
  /** Ends every open session that matches, and answers them. */
  readonly endSessions: (matches: (session: Session) => boolean) => Promise<readonly Session[]>;
  readonly asSomebody: Gate['asSomebody'];
  readonly grantsOf: Grants['of'];
  /** Of statements under way: understanding one is work, whether or not it runs. */
  readonly places: Places;
  /** Puts on the record what somebody has looked at that is others'; durable when the promise resolves. */
  readonly noteOf: (what: 'access_looked_at', detail: Readonly<Record<string, string>>) => Promise<unknown>;
  readonly groups: { readonly security: readonly string[]; readonly auditors: readonly string[] };
  /** A new UUID. */
  readonly newId: () => string;
}

/** Who may see what: everybody of themselves, auditors and the security groups of everybody. */
export async function registerPeople(router: Router, parts: PeopleParts): Promise<void> {
  const { groups, people, endSessions, asSomebody, grantsOf, noteOf, places, newId } = parts;
  const seeing = [...groups.auditors, ...groups.security];
  const mustSeeOthers = (by: Identity) =>
    mustBeOneOf(by, seeing, 'only auditors and the security groups see what others may see');
  const viewOf = (person: KnownPerson): KnownPersonView => {
    const { id, issuer, subject, name, groups, kind } = person;
    return { id, issuer, subject, name, groups: [...groups], kind, isOut: people.isOut(person) };
  };

  /** Who it is asked about, once it is on the record who asks. */
  const personFor = async (by: Identity, as: AsWhom, at: string): Promise<KnownPerson> => {
    if (as.type !== 'self') mustSeeOthers(by);
    const person = await personOf(by, as, people.list);
    await noteOf('access_looked_at', { by: by.id, as: whomWords(as, person), at });
    return person;
  };
  /** As one of the statements that whoever asks may have under way: it is the same work. */
  const inPlace = async <Done>(by: Identity, work: () => Promise<Done>): Promise<Done> => {
    const release = places.take(by.id);
    try {
      return await work();
    } finally {
      release();
    }
  };

  await router.serve('people', {
    async self({ by }) {
      const isPerson = by.kind === 'person' && by.mayDecide;
      const may = {
        audit: isPerson && actsAs(by, seeing),
        revoke: isPerson && actsAs(by, groups.security),
      };
      const purpose = by.mayDecide ? 'decide' : 'run';
      return { status: 200, body: { version: 1, identity: summaryOf(by), purpose, may } };
    },

    async signOut({ by }) {
      const ended = await endSessions(isSessionOfProgram(by));
      return { status: 200, body: { version: 1, sessions: ended.length } };
    },

    async list({ by, query: { text, after = '', limit } }) {
      if (by.kind !== 'person' || !actsAs(by, seeing))
        return { status: 200, body: { version: 1, people: [viewOf(by)], next: null } };
      const wanted = text.toLowerCase();
      const found = (await people.list()).filter(
        ({ id, name }) => id > after && (id.includes(wanted) || name.toLowerCase().includes(wanted)),
      );
      const next = found.length > limit ? found[limit - 1]!.id : null;
      return { status: 200, body: { version: 1, people: found.slice(0, limit).map(viewOf), next } };
    },

    async reach({ by, body: { as, through, after, limit }, gone }) {
      return await inPlace(by, async () => {
        const person = await personFor(by, as, after === null ? 'tables' : 'more tables');
        const { objects, next } = await asSomebody(
          { person, client: through },
          { newId },
          (access) => access.objects({ after, most: limit }),
          gone,
        );
        const grants = await grantsOf(person);
        const views = objects.map((object) => objectView(object, grants));
        return { status: 200, body: { version: 1, person: viewOf(person), objects: views, next } };
      });
    },

    async readers({ by, body: { object, through, after, limit }, gone }) {
      mustSeeOthers(by);
      return await inPlace(by, async () => {
        const at = [object.database, object.schema, object.name].join('.');
        await noteOf('access_looked_at', { by: by.id, as: 'everybody', at });
        const all = (await people.list()).filter(({ id }) => after === null || id > after);
        const page = all.slice(0, limit);
        const found: { person: KnownPersonView; object: ReachedObjectView }[] = [];
        for (const person of page) {
          const somebody: Somebody = { person, client: through };
          const seen = await asSomebody(somebody, { newId }, (access) => access.object(object), gone);
          if (seen === null) throw new SluiceError('object_unknown', 'there is no such table or view');
          found.push({ person: viewOf(person), object: objectView(seen, await grantsOf(person)) });
        }
        const next = all.length > limit ? page.at(-1)!.id : null;
        return { status: 200, body: { version: 1, readers: found, next } };
      });
    },

    async try({ by, body: { as, through, sql }, gone }) {
      return await inPlace(by, async () => {
        const person = await personFor(by, as, 'a statement');
        const somebody = { person, client: through };
        const explained = await asSomebody(somebody, { newId }, (access) => access.statement(sql), gone);
        return { status: 200, body: explanationView(explained) };
      });
    },
  });
}

function objectView(
  { name, type, decision, columns, groups, reads }: ReachedObject,
  grants: readonly LiveGrant[],
): ReachedObjectView {
  const { effect, rule, reason, policyVersion } = decision;
  return {
    ...name,
    type,
    select: { effect, rule, reason, policyVersion },
    columns: columns.slice(0, MOST_COLUMNS).map(({ name, type, nullable = true, tags, mask, rules }) => ({
      name,
      type,
      nullable,
      tags: tags.map(({ tag, path }) => ({ tag, ...(path === undefined ? {} : { path: [...path] }) })),
      mask,
      rules: [...rules],
    })),
    moreColumns: Math.max(0, columns.length - MOST_COLUMNS),
    by: {
      groups: [...groups],
      reads: [...reads],
      grants: grants
        .filter(({ bounds }) => isOn(bounds, formatObjectName(name)))
        .map(({ id, covers, expiresAt }) => ({
          id,
          covers: [...covers],
          expiresAt: new Date(expiresAt).toISOString(),
        })),
    },
  };
}
