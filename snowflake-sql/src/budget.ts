/**
 * What one request's analysis may cost, over all of its statements and all that they hold. Binding takes a step for
 * each node that it visits and each column that it makes, and following the flow of values one for each expression
 * and each source that is copied: so the work is in proportion to the text and to the columns that it touches.
 */
export interface Budget {
  left: number;
}

/** Several times what any statement of so many tokens takes that does not multiply its own columns. */
const STEPS_PER_TOKEN = 40;

/** A short text may read wide tables and views of views: 2,000 columns, 200 times over. Well under a second. */
const STEPS_AT_LEAST = 400_000;

export function newBudget(steps: number): Budget {
  return { left: steps };
}

/** @param tokens - of the whole text. */
export function budgetFor(tokens: number): Budget {
  return newBudget(STEPS_AT_LEAST + STEPS_PER_TOKEN * tokens);
}

/** @throws {TooComplex} when the budget does not have that many steps left. */
export function spend(budget: Budget, steps = 1): void {
  budget.left -= steps;
  if (budget.left < 0) throw new TooComplex();
}

/** Thrown inside of the analysis only; it never leaves it. */
export class TooComplex extends Error {}
