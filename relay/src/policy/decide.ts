import { type NotUnderstood, type Understanding, type Understood } from '@sluice/snowflake-sql';
import { type Floor, NO_FLOOR } from '@sluice/snowflake-sql/execution';
import { joined, shown, type ShownText } from '../text/index.ts';
import type { StatementTags } from './aspects.ts';
import { carriedTags, withTags } from './carried.ts';
import type { DecisionContext } from './context.ts';
import type { BreakGlassUse, DecidedReason, Decision } from './decision.ts';
import { findingsOf, grantsFor, limitFindings, notUnderstood, type Finding } from './findings.ts';
import { flatten } from './flatten.ts';
import { computedOn } from './computed-on.ts';
import { floorOf, type StatementPart } from './floor.ts';
import { remainingLimits } from './limits.ts';
import { chooseMasks, type ChosenMask, type MaskScope } from './masks.ts';
import { mergeAsks } from './merge-asks.ts';
import type { BreakGlassEntry, Policy } from './policy.ts';
import { describe } from './sentence.ts';
import { whoMatches } from './who.ts';
import { writesUnasked } from './writes.ts';

/**
 * Decides on one statement and on everything inside it. Pure: the same input gives the same decision.
 *
 * Default deny: a statement runs only when permitting rules cover its kind and each object, function,
 * guarded use and flow. Of everything that speaks against it the strictest wins: block over ask over mask
 * over allow, wherever it stands in the file.
 */
export function decide(policy: Policy, understanding: Understanding, context: DecisionContext): Decision {
  return decideWithFloor(policy, understanding, context).decision;
}

/** A decision, and under what it lets the statement run: which values it reads, and which it does without. */
export interface DecisionWithFloor {
  readonly decision: Decision;
  readonly floor: Floor;
}

/** As `decide`, for who runs the statement: the floor is of the same policy and the same moment. */
export function decideWithFloor(
  policy: Policy,
  understanding: Understanding,
  context: DecisionContext,
): DecisionWithFloor {
  if (!understanding.understood)
    return { decision: refused(policy, understanding, context), floor: NO_FLOOR };
  const glass = breakGlassFor(policy, understanding, context);
  const tags = tagsFor(policy, understanding, context);
  const judged = flatten(understanding).map((statement) => judge(policy, statement, context, tags, glass));
  const floor = floorOf(judged.flatMap(({ part }) => part ?? []));
  return { decision: decisionOf(policy, understanding, context, glass, judged, floor), floor };
}

function refused(policy: Policy, understanding: NotUnderstood, context: DecisionContext): Decision {
  const { rule, reason, range, advice } = notUnderstood(understanding);
  const sentence = describe(understanding, [], context);
  const base = { effect: 'block', rule, reason, range, sentence, policyVersion: policy.version } as const;
  return advice === undefined ? base : { ...base, advice };
}

function decisionOf(
  policy: Policy,
  understanding: Understood,
  context: DecisionContext,
  glass: BrokenGlass | null,
  judged: readonly Judged[],
  floor: Floor,
): Decision {
  const findings = [
    ...judged.flatMap(({ findings }) => findings),
    ...limitFindings(policy, understanding, context),
    ...lostMasks(understanding, judged.slice(1)),
  ];
  const masks = judged[0]!.masks;
  const remaining = glass === null ? findings : findings.filter((finding) => !lifted(glass.entry, finding));

  const base = {
    sentence: describe(understanding, masks, context),
    policyVersion: policy.version,
    ...breakGlassUse(glass, findings, remaining, judged[0]!),
  };
  // Where a rule and a built-in check both refuse, the rule's own words say more.
  const refusals = remaining.filter(({ effect }) => effect === 'block');
  const blocking = refusals.find(({ rule }) => policy.rules.some(({ name }) => name === rule)) ?? refusals[0];
  if (blocking !== undefined) {
    const { rule, reason, range } = blocking;
    return {
      ...base,
      effect: 'block',
      rule,
      reason,
      range,
      // What people would only be asked about, too: it is to pass once all of it was followed.
      ...adviceOf(remaining),
      ...reasonsOf(remaining),
    };
  }
  const { limits } = remainingLimits(policy, understanding, context);
  const parts = judged.flatMap(({ part }) => part ?? []);
  const computed = computedOn(parts, floor);
  const run = { limits, ...(computed === null ? {} : { computedOn: computed }) };
  const outputMasks = masks.map(({ rule, ...mask }) => (rule === null ? mask : { ...mask, rule }));
  if (remaining.length > 0) {
    const merged = mergeAsks(remaining);
    const { rule, reason, range } = merged;
    const advice = { ...adviceOf(remaining), ...reasonsOf(remaining) };
    if (merged.ask === null) return { ...base, effect: 'block', rule, reason, range, ...advice };
    const { ask } = merged;
    return { ...base, effect: 'ask', rule, reason, range, ask, masks: outputMasks, ...run, ...advice };
  }
  const granting = judged[0]!.grants[0];
  const rule = granting?.name ?? 'default';
  const first = masks[0];
  if (first !== undefined) {
    return {
      ...base,
      effect: 'mask',
      rule: masks.find((mask) => mask.rule !== null)?.rule ?? rule,
      reason: shown`masked: ${joined([...new Set(masks.map(({ because }) => because))], '; ')}`,
      range: understanding.outputs[first.output]?.range ?? understanding.range,
      masks: outputMasks,
      ...run,
    };
  }
  return {
    ...base,
    effect: 'allow',
    rule,
    reason: granting?.reason ?? shown``,
    range: understanding.range,
    ...run,
  };
}

/** Parts of a statement that are told about at once; more would be read by nobody. */
const ADVISED = 8;

function adviceOf(findings: readonly Finding[]): { readonly advice?: ShownText } {
  const advice = [...new Set(findings.flatMap(({ advice }) => advice ?? []))];
  return advice.length === 0 ? {} : { advice: joined(advice.slice(0, ADVISED), '; ') };
}

/** Reasons that are told about at once, in an editor. */
const TOLD = 50;

/** Each once: a column that is used twice in one place is one thing to change. */
function reasonsOf(findings: readonly Finding[]): { readonly reasons?: readonly DecidedReason[] } {
  const different = new Map<string, DecidedReason>();
  for (const { effect, rule, reason, range, advice } of findings) {
    if (different.size === TOLD) break;
    const key = JSON.stringify([rule, reason, range.start, range.end]);
    different.set(key, { effect, rule, reason, range, ...(advice === undefined ? {} : { advice }) });
  }
  return different.size < 2 ? {} : { reasons: [...different.values()] };
}

/** Those that are known, and those that the statement itself carries along. */
function tagsFor(policy: Policy, understanding: Understood, context: DecisionContext): StatementTags {
  const carried = carriedTags(policy, context.tags, understanding);
  return { now: withTags(context.tags, carried), before: context.tags };
}

interface Judged {
  /** Null when it was not understood. */
  readonly part: StatementPart | null;
  readonly grants: MaskScope['grants'];
  readonly findings: readonly Finding[];
  readonly masks: readonly ChosenMask[];
  /** What the masks would be without break-glass. */
  readonly masksUnbroken: readonly ChosenMask[];
}

function judge(
  policy: Policy,
  statement: Understanding,
  context: DecisionContext,
  tags: StatementTags,
  glass: BrokenGlass | null,
): Judged {
  if (!statement.understood)
    return { part: null, grants: [], findings: [notUnderstood(statement)], masks: [], masksUnbroken: [] };
  const { grants, scope, unbroken } = scopesOf(policy, statement, context, tags, glass);
  return {
    part: { scope, statement },
    grants,
    findings: findingsOf(scope, statement, context),
    masks: chooseMasks(scope, statement),
    masksUnbroken: chooseMasks(unbroken, statement),
  };
}

/** What one statement's masks are chosen by, with break-glass and without. */
function scopesOf(
  policy: Policy,
  statement: Understood,
  context: DecisionContext,
  tags: StatementTags,
  glass: BrokenGlass | null,
): { readonly grants: MaskScope['grants']; readonly scope: MaskScope; readonly unbroken: MaskScope } {
  const grants = grantsFor(policy, statement, context, tags);
  const writes = writesUnasked(policy, context);
  const unbroken: MaskScope = { policy, tags, grants, revealed: () => false, floor: context.floor, writes };
  return {
    grants,
    unbroken,
    scope: glass === null ? unbroken : { ...unbroken, revealed: glass.entry.reveals },
  };
}

/**
 * A block of statements can return the result of one inside it. When the outer statement does not say what
 * its outputs are, a mask of an inner one has no column to go to.
 */
function lostMasks(outer: Understood, inner: readonly Judged[]): readonly Finding[] {
  // These answer with a plan or a status, never with the rows of what is inside.
  if (outer.kind.name === 'explain' || outer.kind.family === 'ddl') return [];
  if (outer.outputs.length > 0 || inner.every(({ masks }) => masks.length === 0)) return [];
  return [
    {
      effect: 'block',
      rule: 'not-understood',
      reason: shown`a statement inside returns masked columns, and which columns this returns is not known`,
      range: outer.range,
      ask: null,
      liftable: false,
      advice: shown`run the query that is inside as a statement of its own`,
    },
  ];
}

interface BrokenGlass {
  readonly entry: BreakGlassEntry;
  readonly reason: string;
}

/** Shorter reasons say nothing to the person who reviews it. */
const SHORTEST_REASON = 10;

function breakGlassFor(policy: Policy, statement: Understood, context: DecisionContext): BrokenGlass | null {
  const reason = context.breakGlass?.reason.trim() ?? '';
  if (reason.length < SHORTEST_REASON) return null;
  const entry = policy.breakGlass.find(({ who }) => whoMatches(who, policy, context, statement));
  return entry === undefined ? null : { entry, reason };
}

function lifted(entry: BreakGlassEntry, finding: Finding): boolean {
  return finding.liftable && entry.lifts.includes(finding.effect);
}

/** What break-glass changed, if it changed anything: it is never used silently, nor recorded when it was not needed. */
function breakGlassUse(
  glass: BrokenGlass | null,
  findings: readonly Finding[],
  remaining: readonly Finding[],
  outer: Judged,
): { readonly breakGlass?: BreakGlassUse } {
  if (glass === null || remaining.some(({ effect }) => effect === 'block')) return {};
  const { name: entry } = glass.entry;
  const first = findings.find((finding) => !remaining.includes(finding));
  if (first !== undefined) {
    return {
      breakGlass: { entry, reason: glass.reason, lifted: { rule: first.rule, effect: first.effect } },
    };
  }
  const shown = outer.masksUnbroken.length > outer.masks.length;
  return shown
    ? { breakGlass: { entry, reason: glass.reason, lifted: { rule: 'masks', effect: 'mask' } } }
    : {};
}
