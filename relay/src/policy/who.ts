import type { Understood } from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import { within } from './hours.ts';
import type { Policy, Who } from './policy.ts';

/** Whether every condition on who asks, from what, when, and on the kind of statement, is met. */
export function whoMatches(
  who: Who,
  policy: Policy,
  context: DecisionContext,
  statement: Pick<Understood, 'kind'>,
): boolean {
  const { identity, client, now } = context;
  return (
    (who.groups === undefined || identity.groups.some(who.groups)) &&
    (who.people === undefined || who.people(identity)) &&
    (who.identities === undefined || who.identities.includes(identity.kind)) &&
    (who.applications === undefined || who.applications(client.application)) &&
    (who.agents === undefined || (client.agent !== null && who.agents(client.agent))) &&
    (who.protocols === undefined || who.protocols.includes(client.protocol)) &&
    (who.kinds === undefined || who.kinds(statement.kind.name) || who.kinds(statement.kind.family)) &&
    (who.during === undefined || within(who.during, policy.wallClock(now))) &&
    (who.outside === undefined || !within(who.outside, policy.wallClock(now)))
  );
}
