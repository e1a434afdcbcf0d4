import type { DetectorName, MaskingPolicy, OutputMask } from '../masking/index.ts';
import {
  formatColumn,
  type ColumnRef,
  type ColumnSource,
  type OutputColumn,
  type Understood,
} from '../statement/index.ts';
import { covers, type StatementTags } from './aspects.ts';
import { isDeclared } from './declared.ts';
import type { MaskRule, Policy, Rule, TagMask } from './policy.ts';
import { sensitivityOf } from './sensitivity.ts';
import { strongest } from './strength.ts';

/** What decides on masks beside the statement: the rules that apply, and what they let be seen. */
export interface MaskScope {
  readonly policy: Policy;
  readonly tags: StatementTags;
  /** The rules that let this statement through. */
  readonly grants: readonly Rule[];
  /** Whether break-glass shows the tag. */
  readonly revealed: (tag: string) => boolean;
}

export interface ChosenMask extends OutputMask {
  /** The rule of effect `mask` that chose it, if one did. */
  readonly rule: string | null;
}

/** The masks of a statement's outputs: of everything sensitive that reaches a column, the strongest. */
export function chooseMasks(scope: MaskScope, statement: Understood): readonly ChosenMask[] {
  return statement.outputs.flatMap((output, index) => {
    const candidates = [
      ...output.sources.flatMap((source) => sourceMasks(scope, source)),
      ...unresolvedMask(scope, output),
    ];
    if (candidates.length === 0) return [];
    const because = [...new Set(candidates.map((candidate) => candidate.because))].join(', ');
    const rule = candidates.find((candidate) => candidate.rule !== null)?.rule ?? null;
    return [{ output: index, policy: strongest(candidates.map(({ policy }) => policy)), because, rule }];
  });
}

/** Whether these people see the tag of this column as it is. A rule that masks it wins over one that reveals it. */
export function isRevealed(scope: MaskScope, tag: string, column: ColumnRef): boolean {
  if (scope.revealed(tag)) return true;
  if (masksByRule(scope, tag, column).length > 0) return false;
  return scope.grants.some((rule) => rule.effect === 'allow' && rule.reveals(tag) && appliesTo(rule, column));
}

interface Candidate {
  readonly policy: MaskingPolicy;
  readonly because: string;
  readonly rule: string | null;
}

function sourceMasks(scope: MaskScope, source: ColumnSource): readonly Candidate[] {
  if (source.how === 'counted') return [];
  const own = scope.policy.columnMasks.find(({ matches }) => matches(source.column))?.mask;
  const name = formatColumn(source.column);
  return sensitivityOf(scope.policy, scope.tags.now, source).flatMap(({ tag, path }): Candidate[] => {
    if (isRevealed(scope, tag, source.column)) return [];
    const byRule = masksByRule(scope, tag, source.column);
    const masks: readonly TagMask[] =
      byRule.length > 0
        ? byRule.map(({ mask }) => mask)
        : [own !== undefined && path === undefined ? own : (scope.policy.tagMasks.get(tag) ?? REDACTED)];
    const because = tag === name ? name : `${name} (${tag})`;
    return masks.flatMap((mask) => {
      const policy = derivedMask(mask, source.how, path ?? []);
      return policy === null ? [] : [{ policy, because, rule: byRule[0]?.rule.name ?? null }];
    });
  });
}

/** A tag that has no mask is redacted: to tag a column is enough to protect it. */
const REDACTED: TagMask = { policy: { method: 'redact' }, expressions: 'redact', aggregates: 'redact' };

/** What is left of a value's mask once the value went through an expression or an aggregate. */
function derivedMask(
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
      return mask.expressions === 'mask' && inside.length === 0 ? mask.policy : { method: 'redact' };
    case 'aggregate':
      if (mask.aggregates === 'allow') return null;
      return mask.aggregates === 'mask' && inside.length === 0 ? mask.policy : { method: 'redact' };
    case 'counted':
      return null;
    default:
      return how satisfies never;
  }
}

function unresolvedMask(scope: MaskScope, output: OutputColumn): readonly Candidate[] {
  if (output.unresolved === undefined || isDeclared(scope.policy, output.unresolved)) return [];
  const { unresolved } = scope.policy.defaults;
  const because = `its origin is not known: ${output.unresolved.reason}`;
  if (typeof unresolved === 'object') {
    return [{ policy: { method: 'detect', detectors: unresolved.detect }, because, rule: null }];
  }
  // With `ask`, a person lets it through knowing that its origin is unknown: what can be recognised is masked still.
  return unresolved === 'ask'
    ? [{ policy: { method: 'detect', detectors: EVERY_DETECTOR }, because, rule: null }]
    : [{ policy: { method: 'redact' }, because, rule: null }];
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
    const mask = rule.effect === 'mask' && appliesTo(rule, column) ? rule.masks.get(tag) : undefined;
    return mask !== undefined && rule.effect === 'mask' ? [{ rule, mask }] : [];
  });
}

/** A rule's masks and what it reveals reach as far as the objects that it lets be read. */
function appliesTo(rule: Rule, column: ColumnRef): boolean {
  const range = { start: 0, end: 0 };
  return (['table', 'view'] as const).some((type) =>
    covers(rule.what, { type: 'object', use: { type, name: column.object, access: 'read', range }, range }),
  );
}
