import type { ObjectName } from '@sluice/snowflake-sql';
import type { Identity, KnownPerson } from '../identity/index.ts';
import {
  groupsForRule,
  knownNamesIn,
  mayKnowOfPlace,
  type Policy,
  rolesOf,
  rulesOnTag,
} from '../policy/index.ts';
import type { ClientInfo, Session, SessionId } from '../session/index.ts';
import { assessStatement, contextOf } from './assess-statement.ts';
import { browseObject, type BrowsedColumn, type BrowsedObject, type Browsing } from './browse-object.ts';
import { explained, type StatementExplanation } from './explain-statement.ts';
import { orGiveUp } from './give-up.ts';
import type { GateParts } from './parts.ts';
import { inFreshContext } from './session-context.ts';
import { objectsAfter, type ObjectsAfter, type Walk } from './walk-catalog.ts';

/** Somebody whom it is asked about, and the program that they would come with. */
export interface Somebody {
  readonly person: KnownPerson;
  readonly client: Pick<ClientInfo, 'application' | 'protocol' | 'agent'>;
}

/**
 * What the policy in force lets somebody do, in a session of theirs that has just begun. Nothing runs, nobody is asked,
 * and nothing that they have opened (a grant, break-glass) counts.
 */
export interface SomebodysAccess {
  /** Tables and views that some rule lets them do something with, in order. */
  objects(page: ObjectsAfter): Promise<ReachedPage>;
  /** Null when there is none of this name. Of one that they may not know of, too. */
  object(name: ObjectName): Promise<ReachedObject | null>;
  statement(sql: string): Promise<StatementExplanation>;
}

export interface ReachedPage {
  readonly objects: readonly ReachedObject[];
  readonly next: ObjectName | null;
}

export interface ReachedObject extends Omit<BrowsedObject, 'columns'> {
  readonly name: ObjectName;
  /** Of their groups, those that the rule which decides asks for. */
  readonly groups: readonly string[];
  readonly columns: readonly ReachedColumn[];
}

export interface ReachedColumn extends BrowsedColumn {
  /** The rules that mask it for them, or that show what is sensitive of it; none: masked as for everybody, or not sensitive. */
  readonly rules: readonly string[];
}

export interface AskedOf {
  /** In place of the one in force: a draft. */
  readonly policy?: Policy;
  /** A new UUID, for statements and sessions that there will never be. */
  readonly newId: () => string;
}

export async function asSomebody<Done>(
  parts: GateParts,
  somebody: Somebody,
  { policy, newId }: AskedOf,
  work: (access: SomebodysAccess) => Promise<Done>,
  signal: AbortSignal,
): Promise<Done> {
  const inForce = policy ?? parts.policy();
  const by = { ...parts, policy: () => inForce };
  const { person } = somebody;
  const session = sessionOf(by, somebody, newId);
  return await inFreshContext(parts.warehouse, session, async (context) => {
    const { catalog, surroundings } = await orGiveUp(context.warehouse(), signal);
    const request = { session, sql: '', breakGlass: null };
    const deciding = contextOf(by, inForce, request, context, surroundings.state);
    const browsing: Browsing = { session, context, catalog, policy: inForce, deciding };
    const reach = async (name: ObjectName): Promise<ReachedObject | null> => {
      const found = await browseObject(by, browsing, name, newId(), signal);
      if (found === null) return null;
      const columns = found.columns.map((column): ReachedColumn => {
        const rules = column.tags.flatMap(({ tag }) => rulesOnTag(inForce, deciding, tag, name));
        return { ...column, rules: [...new Set(rules)] };
      });
      const groups = groupsForRule(inForce, found.decision.rule, person.groups);
      return { ...found, name, columns, groups };
    };
    return await work({
      object: reach,
      async objects(page) {
        const walk: Walk = {
          catalog,
          isKnown: (place) => mayKnowOfPlace(inForce, deciding, place),
          namesIn: (place) => knownNamesIn(inForce, deciding, place),
        };
        const { found, next } = await objectsAfter(walk, page, signal);
        const objects: ReachedObject[] = [];
        for (const { name } of found) {
          const object = await reach(name);
          // Dropped since it was listed.
          if (object !== null) objects.push(object);
        }
        return { objects, next };
      },
      async statement(sql) {
        const id = newId();
        const sent = { session, sql, binds: {}, queryId: id, requestId: id, describeOnly: false };
        const called = { ...sent, prompt: null, breakGlass: null };
        return explained(called, await assessStatement(by, called, context, signal));
      },
    });
  });
}

/** As it would be of theirs: it is in no store and on no record, and ends with the question. */
function sessionOf(
  { warehouse, policy, now }: GateParts,
  { person, client }: Somebody,
  newId: () => string,
): Session {
  const identity: Identity = {
    ...person,
    tokenId: null,
    tokenClient: null,
    signedInAt: null,
    acr: null,
    mayDecide: false,
    issuedAt: now(),
    expiresAt: now(),
  };
  const role = rolesOf(policy(), identity)?.default ?? warehouse.defaults.role;
  return {
    id: newId() as SessionId,
    number: 0,
    identity,
    client: { ...client, version: '', address: '' },
    state: { ...warehouse.defaults, role },
    parameters: {},
    openedAt: now(),
    expiresAt: now(),
  };
}
