import {
  type ColumnUse,
  formatColumn,
  type NotUnderstood,
  type SourceRange,
  type Understood,
} from '@sluice/snowflake-sql';
import { quoted, revealed, shown, type ShownText, word } from '../text/index.ts';
import { aspectsOf, covers, meets, needsCover, type Aspect, type StatementTags } from './aspects.ts';
import { flowAdvice, flowSource, opaqueAdvice, unresolvedAdvice, useAdvice, useReason } from './advice.ts';
import { kindAdvice, objectAdvice } from './object-advice.ts';
import { problemAdvice } from './problem-advice.ts';
import { ruleAdvice } from './rule-advice.ts';
import type { DecisionContext } from './context.ts';
import type { AskTerms } from './decision.ts';
import { remainingLimits } from './limits.ts';
import { isRevealed, type MaskScope } from './masks.ts';
import { needsValue, substitutesFor } from './substitutes.ts';
import type { Policy, Rule } from './policy.ts';
import { columnShown, functionShown, nameShown, objectShown } from './names.ts';
import { rolesOf } from './roles.ts';
import { whoMatches } from './who.ts';

/** One reason not to let a statement run unasked. */
export interface Finding {
  readonly effect: 'block' | 'ask';
  readonly rule: string;
  readonly reason: ShownText;
  readonly range: SourceRange;
  readonly ask: AskTerms | null;
  /** Whether break-glass may lift it: never what is not understood, nor a role. */
  readonly liftable: boolean;
  /** A form of the statement that would pass, or that people may be asked about. */
  readonly advice?: ShownText;
}

/** The rules that let something through in this context, asked-for ones included. */
export function grantsFor(
  policy: Policy,
  statement: Understood,
  context: DecisionContext,
  tags: StatementTags,
): readonly Rule[] {
  const aspects = aspectsOf(policy, statement, tags);
  return policy.rules.filter(
    (rule) =>
      rule.effect !== 'block' &&
      whoMatches(rule.who, policy, context, statement) &&
      (rule.effect !== 'ask' || triggeredBy(rule, aspects) !== null),
  );
}

/** Every reason not to let one statement run, its inner statements left aside; none: it may run. */
export function findingsOf(
  scope: MaskScope,
  statement: Understood,
  context: DecisionContext,
): readonly Finding[] {
  const { policy } = scope;
  const aspects = aspectsOf(policy, statement, scope.tags);
  return [
    ...ruleFindings(scope, statement, aspects, context),
    ...uncoveredFindings(scope, statement, aspects, context),
    ...roleFindings(policy, statement, context),
    ...shapeFindings(statement),
  ];
}

/** A statement that was not understood: nothing lifts this. */
export function notUnderstood({ problem }: NotUnderstood): Finding {
  const reason = shown`not understood: ${quoted(problem.message, { most: 400 })}`;
  return { ...unliftable('not-understood', reason, problem.range), ...problemAdvice(problem) };
}

/** Limits are on what leaves the relay: they look at the statement that the client sent, once. */
export function limitFindings(
  policy: Policy,
  statement: Understood,
  context: DecisionContext,
): readonly Finding[] {
  if (statement.outputs.length === 0) return [];
  return remainingLimits(policy, statement, context).exhausted.map((limit) => ({
    effect: limit.ask === null ? 'block' : 'ask',
    rule: limit.name,
    reason: shown`the limit \`${revealed(limit.name)}\` for each ${limit.per} is used up`,
    range: statement.range,
    ask: limit.ask,
    liftable: true,
    advice: LATER[limit.per],
  }));
}

/** When there is something of a limit again. */
const LATER = {
  statement: shown`narrow the statement, by a WHERE or to totals`,
  session: shown`go on in another session`,
  day: shown`go on tomorrow`,
} as const;

function ruleFindings(
  scope: MaskScope,
  statement: Understood,
  aspects: readonly Aspect[],
  context: DecisionContext,
): readonly Finding[] {
  const { policy } = scope;
  return policy.rules.flatMap((rule): Finding[] => {
    if (
      (rule.effect !== 'block' && rule.effect !== 'ask') ||
      !whoMatches(rule.who, policy, context, statement)
    )
      return [];
    const met = triggeredBy(rule, aspects);
    if (met === null) return [];
    const ask = rule.effect === 'ask' ? rule.ask : null;
    const { effect, name, reason } = rule;
    const range = met[0]?.range ?? statement.range;
    const advice = ruleAdvice(scope, context, statement.kind, rule, met);
    return [{ effect, rule: name, reason, range, ask, liftable: true, advice }];
  });
}

/** What meets the rule's conditions: for each, some aspect, the first of which is the place. Null if not all are met. */
function triggeredBy(rule: Rule, aspects: readonly Aspect[]): readonly Aspect[] | null {
  const all: Aspect[] = [];
  for (const [key, type] of CONDITIONS) {
    if (rule.what[key] === undefined) continue;
    const met = aspects.find((aspect) => aspect.type === type && meets(rule.what, aspect) === true);
    if (met === undefined) return null;
    all.push(met);
  }
  return all;
}

const CONDITIONS = [
  ['missingWhere', 'missing_where'],
  ['flows', 'flow'],
  ['uses', 'use'],
  ['reads', 'read'],
  ['functions', 'function'],
  ['opaque', 'opaque'],
  ['unresolved', 'unresolved'],
  ['objects', 'object'],
] as const satisfies readonly (readonly [keyof Rule['what'], Aspect['type']])[];

/** Default deny: a statement needs a rule that lets it through, and so does each thing that it does. */
function uncoveredFindings(
  scope: MaskScope,
  statement: Understood,
  aspects: readonly Aspect[],
  context: DecisionContext,
): readonly Finding[] {
  const applying = scope.policy.rules.filter(
    (rule) => rule.effect !== 'block' && whoMatches(rule.who, scope.policy, context, statement),
  );
  if (!scope.grants.some((rule) => coversKind(rule, aspects))) {
    const reason = shown`no rule lets this ${phrase(statement.kind.name)} through`;
    return [{ ...block('default', reason, statement.range), advice: kindAdvice(scope.policy, context) }];
  }
  return aspects
    .filter((aspect) => needsCover(aspect) && !scope.grants.some((rule) => covers(rule.what, aspect)))
    .filter((aspect) => aspect.type !== 'use' || !isServed(scope, aspects, aspect.use))
    .flatMap((aspect) => uncovered(scope, context, statement.kind, aspect, applying));
}

/**
 * Whether a use runs on something else than values. A column is read in one way for all of its uses: where a rule lets
 * another one have the values, and nobody is asked, this one would have them too.
 */
function isServed(scope: MaskScope, aspects: readonly Aspect[], use: ColumnUse): boolean {
  if (substitutesFor(scope, use) === null) return false;
  const key = formatColumn(use.column);
  return !aspects.some(
    (other) =>
      other.type === 'use' &&
      needsValue(other.use) &&
      formatColumn(other.use.column) === key &&
      substitutesFor(scope, other.use) === null &&
      scope.grants.some((rule) => rule.effect !== 'ask' && covers(rule.what, other)),
  );
}

/** A rule on objects alone lets no statement through that touches none of them. */
function coversKind({ who, what }: Rule, aspects: readonly Aspect[]): boolean {
  if (who.kinds !== undefined || what.objects === undefined) return true;
  return aspects.some((aspect) => aspect.type === 'object' && covers(what, aspect));
}

function uncovered(
  scope: MaskScope,
  context: DecisionContext,
  kind: Understood['kind'],
  aspect: Aspect,
  applying: readonly Rule[],
): readonly Finding[] {
  const { defaults } = scope.policy;
  const byDefault = (
    rule: 'uses' | 'flows' | 'opaque' | 'unresolved',
    effect: 'block' | 'ask',
    reason: ShownText,
    advice: ShownText,
  ): Finding =>
    effect === 'ask'
      ? { effect, rule, reason, range: aspect.range, ask: defaults.ask, liftable: true, advice }
      : { ...block(rule, reason, aspect.range), advice };
  switch (aspect.type) {
    case 'object': {
      const { access, type, name } = aspect.use;
      const reason = shown`no rule lets ${access} access to the ${phrase(type)} ${objectShown(name)} through`;
      const advice = objectAdvice(scope.policy, context, kind, aspect.use);
      return [{ ...block('default', reason, aspect.range), advice }];
    }
    case 'use': {
      const { use } = aspect;
      const hidden = aspect.tags.filter((tag) => !isRevealed(scope, tag, use.column));
      if (hidden.length === 0) return [];
      const mayBeAsked = (as: typeof use.as) =>
        applying.some(({ what }) => covers(what, { ...aspect, use: { ...use, as } }));
      const advice = useAdvice(scope, use, mayBeAsked);
      return [byDefault('uses', defaults.uses, useReason(use, hidden), advice)];
    }
    case 'flow': {
      const to = flowTarget(aspect.flow.to);
      // Out of the warehouse, nothing masks it any more: only a rule may say so.
      return [
        byDefault(
          'flows',
          aspect.to === 'location' ? 'block' : defaults.flows,
          shown`${flowSource(aspect)} would flow to ${to}`,
          flowAdvice(aspect),
        ),
      ];
    }
    case 'function': {
      const called = functionShown(aspect.use);
      const reason = shown`no rule lets the function ${called} be called`;
      return [{ ...block('default', reason, aspect.range), advice: shown`leave ${called} out` }];
    }
    case 'opaque':
      return [
        byDefault(
          'opaque',
          defaults.opaque,
          shown`what this does cannot be known: ${quoted(aspect.part.reason)}`,
          opaqueAdvice(aspect),
        ),
      ];
    case 'unresolved':
      return defaults.unresolved === 'block' || defaults.unresolved === 'ask'
        ? [
            byDefault(
              'unresolved',
              defaults.unresolved,
              shown`the origin of the output ${nameShown(aspect.output.name)} is not known`,
              unresolvedAdvice(aspect),
            ),
          ]
        : [];
    case 'read':
    case 'missing_where':
      return [];
    default:
      return aspect satisfies never;
  }
}

function flowTarget(to: Extract<Aspect, { type: 'flow' }>['flow']['to']): ShownText {
  switch (to.type) {
    case 'column':
      return columnShown(to.column);
    case 'location':
      return word(to.location);
    case 'variable':
      return shown`the variable ${nameShown(to.name)}`;
    default:
      return to satisfies never;
  }
}

function roleFindings(policy: Policy, statement: Understood, context: DecisionContext): readonly Finding[] {
  const allowed = rolesOf(policy, context.identity);
  const refuse = (role: string): Finding => ({
    ...unliftable(
      'roles',
      shown`the role ${nameShown(role)} is not one that these groups map to`,
      statement.range,
    ),
    advice: shown`leave USE ROLE out: the session has the role that it may have`,
  });
  const asked = statement.sessionEffects.flatMap((effect) =>
    effect.type === 'use' && effect.what === 'role' ? [effect.name] : [],
  );
  const current = allowed !== null && context.state.role !== null ? [context.state.role] : [];
  return [...current, ...asked].filter((role) => allowed?.roles.has(role) !== true).map(refuse);
}

/** A query whose result has no known columns cannot be masked. */
function shapeFindings(statement: Understood): readonly Finding[] {
  return statement.kind.family === 'query' && statement.outputs.length === 0
    ? [
        {
          ...unliftable('not-understood', shown`the columns of this result are not known`, statement.range),
          advice: shown`name the columns one by one`,
        },
      ]
    : [];
}

function block(rule: string, reason: ShownText, range: SourceRange): Finding {
  return { effect: 'block', rule, reason, range, ask: null, liftable: true };
}

function unliftable(rule: string, reason: ShownText, range: SourceRange): Finding {
  return { ...block(rule, reason, range), liftable: false };
}

function phrase(name: string): ShownText {
  return revealed(name.replaceAll('_', ' '));
}
