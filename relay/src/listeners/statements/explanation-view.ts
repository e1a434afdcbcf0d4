import type { Explanation } from '@sluice/contract';
import type { StatementExplanation } from '../../gate.ts';
import { errorView } from './statement-view.ts';

/** What somebody is told of a statement that is not run: as its record and its answer would say, without its id. */
export function explanationView(explanation: StatementExplanation): Explanation {
  const { understanding, decision, place, reasons, outputPlaces, maskedBy, uses, state, asks, error } =
    explanation;
  const { type: _understanding, statement: _one, ...meant } = understanding;
  const { type: _decision, statement: _other, ...decided } = decision;
  return {
    version: 1,
    decision: decided,
    understanding: meant,
    onlyReads: explanation.onlyReads,
    place,
    reasons: [...reasons],
    outputPlaces: [...outputPlaces],
    ...(maskedBy.length === 0
      ? {}
      : { maskedBy: maskedBy.map(({ output, policies }) => ({ output, policies: [...policies] })) }),
    uses: [...uses],
    session: { ...state },
    asks: asks && {
      approvers: [...asks.approvers],
      needed: asks.needed,
      signed: asks.signed,
      expiresAfter: asks.expiresAfterSeconds,
      accessUpTo: asks.accessUpToSeconds ?? 0,
    },
    error: error && errorView(error),
  };
}
