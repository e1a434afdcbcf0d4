import { planEmbedded } from './embedded/plan-statement.ts';
import type { Planned, ToPlan } from './plan.ts';

/** Plans a statement for the warehouse whose session it is to run in. Pure; throws nothing. */
export function planWith(statement: ToPlan): Planned {
  const { planner } = statement.surroundings;
  switch (planner) {
    case 'embedded':
      return planEmbedded(statement);
    default:
      return planner satisfies never;
  }
}
