/**
 * The budget for analysing one request, with all of its statements and everything nested in them. Binding takes a step
 * for each visited node and each created column; the flow of values takes one for each expression and each copied
 * source. The work is therefore proportional to the text and to the columns that it touches.
 */
export interface Budget {
  left: number;
}

/** Several times what a statement with this many tokens takes, unless its columns multiply. */
const STEPS_PER_TOKEN = 40;

/** Enough for a short text that reads wide tables and nested views: 2,000 columns, 200 times. Well under a second. */
const STEPS_AT_LEAST = 400_000;

export function newBudget(steps: number): Budget {
  return { left: steps };
}

/** @param tokens - the number of tokens in the whole text. */
export function budgetFor(tokens: number): Budget {
  return newBudget(STEPS_AT_LEAST + STEPS_PER_TOKEN * tokens);
}

/** @throws {TooComplex} if fewer steps than that remain. */
export function spend(budget: Budget, steps = 1): void {
  budget.left -= steps;
  if (budget.left < 0) throw new TooComplex();
}

/** Used only within the analysis; callers never see it. */
export class TooComplex extends Error {}
