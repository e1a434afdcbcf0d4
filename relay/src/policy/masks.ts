import type { DetectorName, MaskingPolicy } from '../masking/index.ts';
import {
  formatColumn,
  type ColumnRef,
  type ColumnSource,
  type ObjectName,
  type OutputColumn,
  type Understood,
} from '@sluice/snowflake-sql';
import { joined, quoted, shown, type ShownText, word } from '../text/index.ts';
import type { DecidedMask } from './decision.ts';
import { columnShown } from './names.ts';
import { covers, type StatementTags } from './aspects.ts';
import { isDeclared } from './declared.ts';
import type { MaskRule, Policy, Rule, TagMask } from './policy.ts';
import { sensitivityOf } from './sensitivity.ts';
import { type ColumnTag, remainingPath } from './tags.ts';
import { strongest } from './strength.ts';

/** What decides on masks beside the statement: the rules that apply, and what they let be seen. */
export interface MaskScope {
  readonly policy: Policy;
  readonly tags: StatementTags;
  /** The rules that let this statement through. */
  readonly grants: readonly Rule[];
  /** Whether break-glass shows the tag. */
  readonly revealed: (tag: string) => boolean;
  /** Whether the warehouse puts blanks and tokens in the place of values: only then do they count for anything. */
  readonly floor: boolean;
  /** Whether they write to the object as they like. */
  readonly writes: (object: ObjectName) => boolean;
}

export interface ChosenMask extends DecidedMask {
  /** The rule of effect `mask` that chose it, if one did. */
  readonly rule: string | null;
}

/** The masks of a statement's outputs: of everything sensitive that reaches a column, the strongest. */
export function chooseMasks(scope: MaskScope, statement: Understood): readonly ChosenMask[] {
  return statement.outputs.flatMap((output, index) => {
    const bySource = output.sources.map((source) => sourceMasks(scope, source));
    const candidates = [...bySource.flat(), ...unresolvedMask(scope, output)];
    if (candidates.length === 0) return [];
    const because = joined([...new Set(candidates.map((candidate) => candidate.because))], ', ');
    const rule = candidates.find((candidate) => candidate.rule !== null)?.rule ?? null;
    const policy = strongest(candidates.map((candidate) => candidate.policy));
    // What nothing masks (a number that chooses a text among others, a function of somebody's own) may be whatever they
    // want it to be: a token beside it tells which values are equal to that.
    const isFree = output.unresolved !== undefined || bySource.some((masks) => masks.length === 0);
    return [{ output: index, policy: isFree && isToken(policy) ? REDACTED.policy : policy, because, rule }];
  });
}

function isToken(policy: MaskingPolicy): boolean {
  return (
    policy.method === 'token' || (policy.method === 'json' && policy.paths.some((one) => isToken(one.policy)))
  );
}

/** Whether these people see the tag of this column as it is. A rule that masks it wins over one that reveals it. */
export function isRevealed(scope: MaskScope, tag: string, column: ColumnRef): boolean {
  if (scope.revealed(tag)) return true;
  if (masksByRule(scope, tag, column).length > 0) return false;
  return scope.grants.some((rule) => rule.effect === 'allow' && rule.reveals(tag) && appliesTo(rule, column));
}

interface Candidate {
  readonly policy: MaskingPolicy;
  readonly because: ShownText;
  readonly rule: string | null;
}

function sourceMasks(scope: MaskScope, source: ColumnSource): readonly Candidate[] {
  if (source.how === 'counted') return [];
  return hiddenTags(scope, source).flatMap(({ tag, path, masks, rule }): Candidate[] => {
    const isInside = source.how === 'direct' && isPart(scope, tag, source);
    const name = formatColumn(source.column);
    const because =
      tag === name ? columnShown(source.column) : shown`${columnShown(source.column)} (${word(tag)})`;
    return masks.flatMap((mask) => {
      // How many tokens there are is how many values there are.
      if (source.how === 'distinct' && hasTokens(scope, source.column, 'group')) return [];
      const policy = isInside ? NOTHING : derivedMask(scope, mask, source.how, path ?? []);
      return policy === null ? [] : [{ policy, because, rule }];
    });
  });
}

/** Whether only a part of what carries the tag is taken: a mask of the whole is not made for that. */
function isPart({ policy, tags }: MaskScope, tag: string, { column, path = [] }: ColumnSource): boolean {
  return policy
    .tagsOf(column, tags.now)
    .some((one) => one.tag === tag && (one.path ?? []).length < path.length && remainingPath(one.path, path));
}

/** A tag of what is read that these people do not see, and how it is masked for them: the strongest counts. */
export interface HiddenTag extends ColumnTag {
  readonly masks: readonly TagMask[];
  /** The rule of effect `mask` that chose the masks, if one did. */
  readonly rule: string | null;
}

/** What of a source is hidden from these people; nothing when it is free. */
export function hiddenTags(
  scope: MaskScope,
  source: Pick<ColumnSource, 'column' | 'path'>,
): readonly HiddenTag[] {
  const own = scope.policy.columnMasks.find(({ matches }) => matches(source.column))?.mask;
  return sensitivityOf(scope.policy, scope.tags.now, source).flatMap((sensitive): HiddenTag[] => {
    const { tag, path } = sensitive;
    if (isRevealed(scope, tag, source.column)) return [];
    const byRule = masksByRule(scope, tag, source.column);
    const chosen =
      byRule.length > 0
        ? byRule.map(({ mask }) => mask)
        : [own !== undefined && path === undefined ? own : (scope.policy.tagMasks.get(tag) ?? REDACTED)];
    const masks = scope.writes(source.column.object) ? chosen.map(withoutTokens) : chosen;
    return [{ ...sensitive, masks, rule: byRule[0]?.rule.name ?? null }];
  });
}

/** Where these people write values of their own, a token would tell them whose value is equal to one of these. */
function withoutTokens(mask: TagMask): TagMask {
  const uses = new Map([...mask.uses].filter(([, substitute]) => substitute !== 'token'));
  return { ...mask, policy: isToken(mask.policy) ? REDACTED.policy : mask.policy, uses };
}

/**
 * Whether the warehouse can put tokens in a column's place for such uses: it has one way of reading it, so every tag
 * of the column must say so, those of other parts of a document included.
 */
export function hasTokens(scope: MaskScope, column: ColumnRef, use: 'group' | 'join'): boolean {
  const hidden = scope.floor ? hiddenTags(scope, { column }) : [];
  return (
    hidden.length > 0 && hidden.every(({ masks }) => masks.every(({ uses }) => uses.get(use) === 'token'))
  );
}

/** A tag that has no mask is redacted: to tag a column is enough to protect it. */
const REDACTED: TagMask = {
  policy: { method: 'redact' },
  expressions: 'redact',
  aggregates: 'redact',
  uses: new Map(),
};

/** What is left of a value's mask once the value went through an expression or an aggregate. */
function derivedMask(
  { floor }: MaskScope,
  mask: TagMask,
  how: ColumnSource['how'],
  inside: readonly string[],
): MaskingPolicy | null {
  switch (how) {
    case 'direct':
      return inside.length === 0
        ? mask.policy
        : { method: 'json', paths: [{ path: inside, policy: mask.policy }] };
    case 'expression':
      return mask.expressions === 'mask' && inside.length === 0 ? mask.policy : hidden(floor);
    case 'aggregate':
    case 'distinct':
      if (mask.aggregates === 'allow') return null;
      return mask.aggregates === 'mask' && inside.length === 0 ? mask.policy : hidden(floor);
    case 'counted':
      return null;
    default:
      return how satisfies never;
  }
}

/** What is made of a value may be NULL by what the value is. Over a blank it is not; otherwise all of it is NULL. */
function hidden(floor: boolean): MaskingPolicy {
  return floor ? REDACTED.policy : NOTHING;
}

const NOTHING: MaskingPolicy = { method: 'null' };

function unresolvedMask(scope: MaskScope, output: OutputColumn): readonly Candidate[] {
  if (output.unresolved === undefined || isDeclared(scope.policy, output.unresolved)) return [];
  const { unresolved } = scope.policy.defaults;
  const because = shown`its origin is not known: ${quoted(output.unresolved.reason)}`;
  if (typeof unresolved === 'object') {
    return [{ policy: { method: 'detect', detectors: unresolved.detect }, because, rule: null }];
  }
  // With `ask`, a person lets it through knowing that its origin is unknown: what can be recognised is masked still.
  return unresolved === 'ask'
    ? [{ policy: { method: 'detect', detectors: EVERY_DETECTOR }, because, rule: null }]
    : [{ policy: hidden(scope.floor), because, rule: null }];
}

const EVERY_DETECTOR: readonly DetectorName[] = [
  'card_number',
  'us_ssn',
  'iban',
  'email',
  'phone',
  'national_id',
  'secret_key',
  'jwt',
];

function masksByRule(
  scope: MaskScope,
  tag: string,
  column: ColumnRef,
): readonly { readonly rule: MaskRule; readonly mask: TagMask }[] {
  return scope.grants.flatMap((rule) => {
    if (rule.effect !== 'mask' || !appliesTo(rule, column)) return [];
    const mask = rule.masks.get(tag);
    return mask === undefined ? [] : [{ rule, mask }];
  });
}

/** A rule's masks and what it reveals reach as far as the objects that it lets be read. */
export function appliesTo(rule: Rule, column: ColumnRef): boolean {
  const range = { start: 0, end: 0 };
  return (['table', 'view'] as const).some((type) =>
    covers(rule.what, { type: 'object', use: { type, name: column.object, access: 'read', range }, range }),
  );
}
