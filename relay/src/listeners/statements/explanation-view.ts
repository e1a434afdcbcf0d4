import type { Explanation } from '@sluice/contract';
import type { StatementExplanation } from '../../gate.ts';

/** What somebody is told of a statement that is not run: as its record would say, without the statement's id. */
export function explanationView({ understanding, decision }: StatementExplanation): Explanation {
  const { type: _understanding, statement: _one, ...meant } = understanding;
  const { type: _decision, statement: _other, ...decided } = decision;
  return { version: 1, decision: decided, understanding: meant };
}
