import { findWrittenBack, type MaskingKeys } from '../masking/index.ts';
import {
  type Decision,
  type DecisionContext,
  decideWithFloor,
  mayKnowOf,
  type Policy,
} from '../policy/index.ts';
import {
  type Analysis,
  type Analyzer,
  type Catalog,
  condense,
  NO_FLOOR,
  type ObjectName,
  type ResolutionContext,
  tooComplex,
  type Understanding,
  type Understood,
} from '@sluice/snowflake-sql';
import { shown } from '../text/index.ts';
import type { Binds } from '../warehouse/index.ts';
import { type Planned, planWith, type SessionSurroundings } from '../warehouse/planning.ts';

/** A text, and all that its meaning, the decision on it and what runs of it depend on. */
export interface Question {
  readonly sql: string;
  readonly binds: Binds;
  readonly catalog: Catalog;
  readonly context: ResolutionContext;
  readonly policy: Policy;
  readonly deciding: DecisionContext;
  readonly surroundings: SessionSurroundings;
}

/**
 * What becomes of a text of one statement. Plain data, and small whatever the text, but for the text of the plan: it
 * may come from another thread, and nobody who goes on with it has to read much.
 */
export type Assessment = Assessed | { readonly outcome: 'not_one'; readonly statements: number };

/** What it means, each thing that it does once; what was decided; and what runs of it, when it may run. */
export type Assessed =
  | {
      readonly outcome: 'understood';
      readonly understanding: Understood;
      readonly decision: Decision;
      /** Null when it is blocked. */
      readonly planned: Planned | null;
    }
  | {
      readonly outcome: 'not_understood';
      readonly understanding: Extract<Understanding, { understood: false }>;
      readonly decision: Decision;
    };

/**
 * Understands, decides and plans at once, of one text and under one state of everything: so what runs is what was
 * decided on. Pure; the work is in proportion to the text.
 */
export function assess(analyzer: Analyzer, keys: MaskingKeys, question: Question): Assessment {
  const { sql, catalog, context } = question;
  const [only, ...more] = analyzer.analyze(sql, catalog, context);
  if (only === undefined || more.length > 0) {
    return { outcome: 'not_one', statements: only === undefined ? 0 : 1 + more.length };
  }
  const assessment = assessed(keys, question, only);
  return isTold(question, assessment) ? assessment : asIfNotThere(analyzer, keys, question, assessment);
}

/** Whether it is let through, or refused by a rule's own words. */
function isTold({ policy }: Question, { decision }: Assessed): boolean {
  return decision.effect !== 'block' || policy.rules.some(({ name }) => name === decision.rule);
}

/**
 * What no rule lets through tells nothing of objects that the person may not know of: it is answered, and recorded, as
 * if they were not there. What a rule refuses in so many words, it may tell.
 */
function asIfNotThere(
  analyzer: Analyzer,
  keys: MaskingKeys,
  question: Question,
  refusal: Assessed,
): Assessed {
  const { sql, catalog, context, policy, deciding } = question;
  const mayName = (name: ObjectName) => mayKnowOf(policy, deciding, name);
  const [analysis] = analyzer.analyze(sql, catalog, { ...context, mayName });
  const blind = analysis === undefined ? refusal : assessed(keys, question, analysis);
  // Only what is told may change by this: nothing runs that was refused.
  return blind.decision.effect === 'block' ? blind : refusal;
}

/** Of a text that nobody could read in time. */
export function assessTooComplex(question: Question): Assessment {
  return refused(question, tooComplex(question.sql));
}

function assessed(keys: MaskingKeys, question: Question, analysis: Analysis): Assessed {
  if (analysis.bound === null) return refused(question, analysis);
  const { sql, binds, policy, deciding, surroundings } = question;
  const { bound, understanding } = analysis;
  const condensed = condense(understanding);
  if (condensed === null) return refused(question, tooComplex(sql));
  const decided = decideWithFloor(policy, understanding, deciding);
  const decision = refuseWrittenBack(keys, sql, binds, understanding, decided.decision);
  const floor = deciding.floor ? decided.floor : NO_FLOOR;
  return {
    outcome: 'understood',
    understanding: condensed,
    decision,
    planned:
      decision.effect === 'block'
        ? null
        : // Only people let a statement run for so many rows.
          planWith(bound, sql, { floor, surroundings, isLimited: decision.effect === 'ask' }),
  };
}

function refused(
  { policy, deciding }: Question,
  { understanding }: Extract<Analysis, { bound: null }>,
): Assessed {
  const { decision } = decideWithFloor(policy, understanding, deciding);
  return { outcome: 'not_understood', understanding, decision };
}

/** A masked value that comes back would overwrite the real one: no rule lets that through. */
function refuseWrittenBack(
  keys: MaskingKeys,
  sql: string,
  binds: Binds,
  { kind, range }: Understood,
  decision: Decision,
): Decision {
  const found = decision.effect === 'block' ? null : findWrittenBack(kind, sql, binds, keys);
  if (found === null) return decision;
  const { sentence, policyVersion } = decision;
  const reason = shown`it would write a masked value over a real one; leave out the columns that you saw masked`;
  return {
    effect: 'block',
    rule: 'written-back',
    reason,
    range: found.range ?? range,
    sentence,
    policyVersion,
  };
}
