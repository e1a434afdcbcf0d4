import { planEmbedded } from './embedded/plan-statement.ts';
import type { Planned, ToPlan } from './plan.ts';
import { planSnowflake } from './snowflake/plan-statement.ts';

/** Plans a statement for the warehouse whose session it is to run in. Pure; throws nothing. */
export function planWith(statement: ToPlan): Planned {
  const { planner } = statement.surroundings;
  switch (planner) {
    case 'embedded':
      return planEmbedded(statement);
    case 'snowflake':
      return planSnowflake(statement);
    default:
      return planner satisfies never;
  }
}
