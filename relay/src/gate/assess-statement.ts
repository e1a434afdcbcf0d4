import type { Assessed } from '../analysis/index.ts';
import { SluiceError } from '../errors.ts';
import {
  type DecisionContext,
  mayKnowOf,
  type Policy,
  type TaggedColumn,
  withTags,
} from '../policy/index.ts';
import type { ObjectName } from '@sluice/snowflake-sql';
import type { SessionState, WarehouseSession } from '../warehouse/index.ts';
import type { SessionSurroundings } from '../warehouse/planning.ts';
import { orGiveUp } from './give-up.ts';
import type { GateParts } from './parts.ts';
import { resolutionContext, type SessionContext } from './session-context.ts';
import type { CalledRequest } from './statement-request.ts';

/** What a statement means and what was decided, and under what: whoever runs it runs it under the same, or not at all. */
export type StatementAssessment = Assessed & {
  readonly surroundings: SessionSurroundings;
  /** The newest change of the store that it takes into account. */
  readonly asOf: number;
  readonly policy: Policy;
  /** Of the session's context. */
  readonly generation: number;
  /** Whether the policy lets the person know of an object at all. */
  readonly mayKnowOf: (name: ObjectName) => boolean;
};

/** What of a session a statement is decided under. */
export interface AssessedContext extends Omit<SessionContext, 'warehouse'> {
  warehouse(): Promise<Pick<WarehouseSession, 'surroundings' | 'catalog'>>;
}

export type AssessingParts = Pick<
  GateParts,
  'analyses' | 'policy' | 'changes' | 'classification' | 'usage' | 'now' | 'floor'
>;

/**
 * Steps 3 and 4. What the request's one statement means, now; what the policy in force says of it, from this person;
 * and what runs of it. All of that is made at once, where the text is: a long one has a thread of its own.
 */
export async function assessStatement(
  parts: AssessingParts,
  request: CalledRequest,
  context: AssessedContext,
  signal: AbortSignal,
): Promise<StatementAssessment> {
  const { surroundings, catalog } = await orGiveUp(context.warehouse(), signal);
  const generation = context.generation();
  // Before anything is looked at: what is found is at least as new.
  const asOf = parts.changes.newest();
  const { sql, binds } = request;
  const { state } = surroundings;
  const policy = parts.policy();
  const decisionContext = contextOf(parts, policy, request, context, state);
  const { tags: _, ...deciding } = decisionContext;
  const assessment = await orGiveUp(
    parts.analyses.assess({
      sql,
      binds,
      catalog,
      context: resolutionContext(state, context, binds),
      taggedColumns: parts.classification.taggedColumns,
      policy,
      deciding,
      surroundings,
    }),
    signal,
  );
  if (assessment.outcome === 'not_one' && assessment.statements === 0) {
    throw new SluiceError('statement_syntax', 'Empty SQL statement', {
      warehouse: { code: '000900', sqlState: '42601' },
    });
  }
  if (assessment.outcome === 'not_one') {
    // Listeners take multi-statement requests apart; each statement passes the gate by itself.
    throw new SluiceError(
      'statement_count',
      `Actual statement count ${assessment.statements} did not match the desired statement count 1`,
      { advice: 'send one statement a request, or ask for multi-statement execution' },
    );
  }
  const mayKnow = (name: ObjectName) => mayKnowOf(policy, decisionContext, name);
  return { ...assessment, surroundings, asOf, policy, generation, mayKnowOf: mayKnow };
}

/**
 * What the policy decides under, beside the statement.
 *
 * @param told - tags that the warehouse itself has, where they were asked for.
 */
export function contextOf(
  parts: AssessingParts,
  { timezone }: Policy,
  { session: { identity, client }, sql, breakGlass }: Pick<CalledRequest, 'session' | 'sql' | 'breakGlass'>,
  context: Pick<SessionContext, 'returned' | 'stopped'>,
  state: SessionState,
  told: readonly TaggedColumn[] = [],
): DecisionContext {
  const now = parts.now();
  return {
    identity,
    client,
    state,
    now,
    usage: {
      session: context.returned,
      day: parts.usage.today(identity.id, now, timezone),
      stoppedBefore: context.stopped.has(sql),
    },
    tags: withTags(parts.classification.tags, told),
    breakGlass,
    floor: parts.floor,
  };
}
