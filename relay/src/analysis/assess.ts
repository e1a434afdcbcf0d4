import type { BoundObject } from '../approval/index.ts';
import { findWrittenBack, type MaskingKeys } from '../masking/index.ts';
import {
  carriedTags,
  type Decision,
  decideWithFloor,
  mayKnowOf,
  type Policy,
  type TaggedColumn,
  withTags,
} from '../policy/index.ts';
import { type ObjectName, type Understanding, type Understood, type UsedObject } from '@sluice/snowflake-sql';
import { type Analysis, type Analyzer, condense, tooComplex } from '@sluice/snowflake-sql/analysis';
import { NO_FLOOR } from '@sluice/snowflake-sql/execution';
import { scriptOf } from '@sluice/snowflake-sql/script';
import { quoted, shown } from '../text/index.ts';
import type { Binds } from '../warehouse/index.ts';
import { type Planned, planWith } from '../warehouse/planning.ts';
import { bindsMayBeShown } from './binds-shown.ts';
import { boundObjects } from './bound-objects.ts';
import { type LoadedParts, type LoadedQuestion, NotLoaded, partsOf } from './question.ts';
import { type OwnMasksOfOutput, ownMasksOf } from './own-masks.ts';
import { toldThroughViews } from './told-through-views.ts';

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
      /** What of the catalog all of this is true of. */
      readonly used: readonly UsedObject[];
      /** The tags that the warehouse itself has on what it reaches. */
      readonly told: readonly TaggedColumn[];
      /** Of outputs that the warehouse itself masks, which ones, and by which policies. */
      readonly ownMasks: readonly OwnMasksOfOutput[];
      /** Null unless people are asked. */
      readonly forApproval: ForApproval | null;
    }
  | {
      readonly outcome: 'not_understood';
      readonly understanding: Extract<Understanding, { understood: false }>;
      readonly decision: Decision;
    };

/** What an approval is bound to, and may show. */
export interface ForApproval {
  readonly objects: readonly BoundObject[];
  readonly bindsMayBeShown: boolean;
}

/**
 * Understands, decides and plans at once, of one text and under one state of everything: so what runs is what was
 * decided on. Pure; the work is in proportion to the text and to what was loaded for it.
 */
export function assess(
  analyzer: Analyzer,
  keys: MaskingKeys,
  policy: Policy,
  question: LoadedQuestion,
): Assessment {
  const loaded = partsOf(question);
  const behind = toldThroughViews(analyzer, loaded, question.told);
  const ownMasks = [...question.ownMasks, ...toldThroughViews(analyzer, loaded, question.ownMasks)];
  const known = { ...question, told: [...question.told, ...behind], ownMasks };
  const parts = { ...loaded, deciding: { ...loaded.deciding, tags: withTags(loaded.deciding.tags, behind) } };
  const [only, ...more] = analyzer.analyze(question.sql, parts.catalog, parts.context);
  if (only === undefined || more.length > 0) {
    return { outcome: 'not_one', statements: only === undefined ? 0 : 1 + more.length };
  }
  const read = (analysis: Analysis) => whereTagsAreLoaded(keys, policy, known, parts, analysis);
  const assessment = read(only);
  const told = isTold(policy, assessment);
  if (told && assessment.decision.effect !== 'block') return assessment;
  // What no rule lets through tells nothing of objects that the person may not know of: it is answered, and recorded, as
  // if they were not there. What a rule refuses in so many words, it may tell.
  const mayName = (name: ObjectName) => mayKnowOf(policy, parts.deciding, name);
  const [again] = analyzer.analyze(question.sql, parts.catalog, { ...parts.context, mayName });
  const blind = again === undefined ? assessment : read(again);
  if (told) return blind.outcome === 'understood' ? assessment : withoutOtherReasons(assessment);
  // Only what is told may change by this: nothing runs that was refused.
  return blind.decision.effect === 'block' ? blind : assessment;
}

/** Whether it is let through, or refused by a rule's own words. */
function isTold(policy: Policy, { decision }: Assessed): boolean {
  return decision.effect !== 'block' || policy.rules.some(({ name }) => name === decision.rule);
}

/** Refused by a rule's own words, and for reasons beside them that, as their advice, may name what the person may not know of. */
function withoutOtherReasons(assessment: Assessed): Assessed {
  if (assessment.decision.effect !== 'block' || assessment.decision.reasons === undefined) return assessment;
  const { reasons, advice: _, ...decision } = assessment.decision;
  const own = reasons.find(({ rule, reason }) => rule === decision.rule && reason === decision.reason);
  const advice = own?.advice;
  return { ...assessment, decision: advice === undefined ? decision : { ...decision, advice } };
}

/** What needs tags that nobody has loaded is not understood. */
function whereTagsAreLoaded(
  keys: MaskingKeys,
  policy: Policy,
  question: LoadedQuestion,
  parts: LoadedParts,
  analysis: Analysis,
): Assessed {
  try {
    return assessed(keys, policy, question, parts, analysis);
  } catch (error) {
    if (!(error instanceof NotLoaded)) throw error;
    return refused(policy, question, notLoaded(analysis));
  }
}

/** Of a text that nobody could read in time, or that names too much. */
export function assessTooComplex(
  policy: Policy,
  question: Pick<LoadedQuestion, 'sql' | 'deciding'>,
): Assessed {
  return refused(policy, question, tooComplex(question.sql));
}

function assessed(
  keys: MaskingKeys,
  policy: Policy,
  question: LoadedQuestion,
  { deciding, catalog, context }: LoadedParts,
  analysis: Analysis,
): Assessed {
  if (analysis.bound === null) return refused(policy, question, analysis);
  const { sql, binds, surroundings } = question;
  const isScript = surroundings.planner === 'embedded' && scriptOf(analysis.bound.tree, sql) !== null;
  const { bound } = analysis;
  const used = isScript ? [] : analysis.used;
  const understanding = isScript ? scriptAlone(analysis.understanding) : analysis.understanding;
  const condensed = condense(understanding);
  if (condensed === null) return refused(policy, question, tooComplex(sql));
  const decided = decideWithFloor(policy, understanding, deciding);
  const decision = refuseWrittenBack(keys, sql, binds, understanding, decided.decision);
  const floor = deciding.floor ? decided.floor : NO_FLOOR;
  const { tags } = deciding;
  const planned =
    decision.effect === 'block'
      ? null
      : planWith({
          source: sql,
          bound,
          catalog,
          context,
          floor,
          surroundings,
          isAsked: decision.effect === 'ask',
        });
  return {
    outcome: 'understood',
    understanding: condensed,
    decision: toldWhatRunsRaw(decision, planned, understanding),
    used,
    planned,
    told: question.told,
    ownMasks: ownMasksOf(condensed.outputs, question.ownMasks),
    forApproval:
      decision.effect !== 'ask'
        ? null
        : {
            objects: boundObjects(condensed, catalog, tags, carriedTags(policy, tags, condensed)),
            bindsMayBeShown: bindsMayBeShown(policy, tags, condensed, catalog),
          },
  };
}

/**
 * What a block does before its statements: nothing. The relay sends each of them through the gate when its turn comes, where it is
 * decided on with the values that its variables have then.
 */
function scriptAlone(understanding: Understood): Understood {
  const nothing = {
    objects: [],
    outputs: [],
    uses: [],
    functions: [],
    flows: [],
    writes: [],
    opaque: [],
    inner: [],
  };
  return { ...understanding, ...nothing, missingWhere: false, sessionEffects: [] };
}

/** Who is asked is told when the floor will not be under it. */
function toldWhatRunsRaw(decision: Decision, planned: Planned | null, { range }: Understood): Decision {
  const plan = planned?.plan;
  if (decision.effect !== 'ask' || plan?.for !== 'snowflake' || plan.raw === null) return decision;
  const { rule, reason, range: place, advice } = decision;
  const own = {
    effect: 'ask',
    rule,
    reason,
    range: place,
    ...(advice === undefined ? {} : { advice }),
  } as const;
  const runsRaw = {
    effect: 'ask',
    rule: 'floor',
    reason: shown`it reads sensitive columns as they are, since no blanks can be put into its text: ${quoted(plan.raw)}`,
    range,
  } as const;
  return { ...decision, reasons: [...(decision.reasons ?? [own]), runsRaw] };
}

type NotUnderstood = Pick<Extract<Analysis, { bound: null }>, 'understanding'>;

function refused(
  policy: Policy,
  { deciding }: Pick<LoadedQuestion, 'deciding'>,
  { understanding }: NotUnderstood,
): Assessed {
  // Of what is not understood, no column is known.
  const { decision } = decideWithFloor(policy, understanding, { ...deciding, tags: { tagsOf: () => [] } });
  return { outcome: 'not_understood', understanding, decision };
}

function notLoaded({ understanding: { kind, range } }: Analysis): NotUnderstood {
  const message = 'the tags of something that the statement reaches were not looked up';
  return {
    understanding: { understood: false, kind, range, problem: { code: 'not_loaded', message, range } },
  };
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
