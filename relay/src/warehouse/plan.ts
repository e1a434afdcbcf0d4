import type { Catalog, ResolutionContext } from '@sluice/snowflake-sql';
import type { Bound, Floor } from '@sluice/snowflake-sql/execution';
import { SluiceError } from '../errors.ts';
import type { Plan as EmbeddedPlan } from './embedded/plan.ts';
import type { Planner, SessionSurroundings } from './session-state.ts';
import type { Plan as SnowflakePlan } from './snowflake/plan.ts';

/** What one statement comes to on the warehouse that it was planned for, and on no other. Plain data. */
export type Plan =
  ({ readonly for: 'embedded' } & EmbeddedPlan) | ({ readonly for: 'snowflake' } & SnowflakePlan);

/** The plan, for the warehouse that runs it. Throws for one that was made for another. */
export function planFor<For extends Planner>(planner: For, plan: Plan): Extract<Plan, { for: For }> {
  if (plan.for === planner) return plan as Extract<Plan, { for: For }>;
  throw new SluiceError('internal', `a plan for ${plan.for} came to ${planner}`);
}

/** A statement that was decided on, and all that a plan of it depends on. */
export interface ToPlan {
  /** What the places of its tree are in. */
  readonly source: string;
  readonly bound: Bound;
  readonly catalog: Catalog;
  readonly context: ResolutionContext;
  readonly floor: Floor;
  readonly surroundings: SessionSurroundings;
  /** Whether people are asked about it: then it may be run for so many rows at most, which may have to be counted. */
  readonly isAsked: boolean;
}

/** A plan, or why there is none: what the client is told when it comes to running. Plain data. */
export type Planned =
  | { readonly plan: Plan; readonly problem: null }
  | {
      readonly plan: null;
      readonly problem: Pick<SluiceError, 'code' | 'message' | 'advice' | 'warehouse'>;
    };
