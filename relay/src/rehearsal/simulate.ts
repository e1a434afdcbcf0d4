import { decide, type Decision, type DecisionContext, type Policy } from '../policy/index.ts';
import type { Understanding } from '@sluice/snowflake-sql';
import { folded, joined, padded, quoted, revealed, shown, word } from '../text/index.ts';

/** A statement from the record, analysed again, with everything that its decision depended on. */
export interface RecordedStatement {
  /** The statement's UUID on the record. */
  readonly statement: string;
  readonly sql: string;
  /** Whoever opened its session. */
  readonly person: { readonly id: string; readonly name: string };
  readonly meaning: Understanding;
  readonly context: DecisionContext;
  /** What was decided then. */
  readonly was: RecordedDecision;
}

export interface RecordedDecision {
  readonly effect: Decision['effect'];
  readonly rule: string;
  readonly masks: readonly RecordedMask[];
}

export interface RecordedMask {
  readonly output: number;
  readonly method: string;
}

/** A statement on which the other policy decides differently. */
export interface ChangedDecision {
  readonly statement: string;
  readonly sql: string;
  readonly person: RecordedStatement['person'];
  readonly was: RecordedDecision;
  readonly becomes: RecordedDecision & { readonly reason: string; readonly sentence: string };
  /** Whether the new decision is stricter, looser, or equally strict by another rule or with other masks. */
  readonly direction: 'stricter' | 'looser' | 'other';
}

export interface Simulation {
  readonly statements: number;
  readonly changed: number;
  readonly stricter: number;
  readonly looser: number;
}

/**
 * `sluice policy simulate`: what another policy would have decided on recorded statements. Statements are read one by
 * one, so the record may have any length; `onChange` is called for each decision that would differ.
 */
export async function simulatePolicy(
  policy: Policy,
  recorded: AsyncIterable<RecordedStatement>,
  onChange: (change: ChangedDecision) => void,
): Promise<Simulation> {
  let statements = 0;
  const counts = { stricter: 0, looser: 0, other: 0 };
  for await (const entry of recorded) {
    statements++;
    const change = changeOf(policy, entry);
    if (change === null) continue;
    counts[change.direction]++;
    onChange(change);
  }
  const { stricter, looser, other } = counts;
  return { statements, changed: stricter + looser + other, stricter, looser };
}

/** Text for people: `stricter  mask (shop-read) -> block (uses): "SELECT ..."`, and the reason. */
export function formatChange({ direction, was, becomes, sql }: ChangedDecision): string {
  const from = shown`${was.effect} (${word(was.rule)})`;
  const to = shown`${becomes.effect} (${word(becomes.rule)})`;
  const change = shown`${padded(word(direction), 8)}  ${from} -> ${to}: ${quoted(sql, { most: 400, end: true })}`;
  return joined([...folded(change), ...folded(shown`    ${revealed(becomes.reason)}`)], '\n');
}

function changeOf(
  policy: Policy,
  { statement, sql, person, meaning, context, was }: RecordedStatement,
): ChangedDecision | null {
  const decision = decide(policy, meaning, context);
  const masks =
    'masks' in decision
      ? decision.masks.map(({ output, policy }) => ({ output, method: policy.method }))
      : [];
  const { effect, rule, reason, sentence } = decision;
  const sameMasks = maskKeys(was.masks).join() === maskKeys(masks).join();
  if (effect === was.effect && rule === was.rule && sameMasks) return null;
  const becomes = { effect, rule, masks, reason, sentence };
  return { statement, sql, person, was, becomes, direction: directionOf(was, becomes) };
}

const STRICTNESS: readonly Decision['effect'][] = ['allow', 'mask', 'ask', 'block'];

function directionOf(was: RecordedDecision, becomes: RecordedDecision): ChangedDecision['direction'] {
  const step = STRICTNESS.indexOf(becomes.effect) - STRICTNESS.indexOf(was.effect);
  if (step !== 0) return step > 0 ? 'stricter' : 'looser';
  const [before, after] = [maskedOutputs(was), maskedOutputs(becomes)];
  const more = after.some((output) => !before.includes(output));
  const less = before.some((output) => !after.includes(output));
  if (more === less) return 'other';
  return more ? 'stricter' : 'looser';
}

function maskedOutputs({ effect, masks }: RecordedDecision): readonly number[] {
  return effect === 'block' ? [] : masks.map(({ output }) => output);
}

function maskKeys(masks: readonly RecordedMask[]): readonly string[] {
  return masks.map(({ output, method }) => `${output}:${method}`).sort();
}
