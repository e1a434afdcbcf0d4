import type { BoundExpression, BoundPath } from '../bound/index.ts';
import { expressionFlow } from './expressions.ts';
import { atPath, derived, isGiven, type Origin } from './origin.ts';
import { joined } from './rope.ts';
import type { ExpressionFlow, Flow } from './state.ts';
import { conversion } from './failing.ts';

/** An element of an array, whichever. */
export const ELEMENT = '*';

/** What a value is made of at its top, beside its fields: how many, and their names. Matches no field by its name. */
export const SHAPE = '#';

/** A path in a text: names, `[0]`, `['name']` and `["name"]`; null for anything else. */
export function readPath(text: string): readonly string[] | null {
  const steps: string[] = [];
  let at = 0;
  while (at < text.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (match === null) return null;
    const [whole, separator, name, index, single, double] = match;
    // Names stand apart by a dot or colon, but none stands first.
    if (name !== undefined && (separator !== undefined) !== at > 0) return null;
    steps.push(name ?? single ?? double ?? (index === undefined ? '' : ELEMENT));
    at += whole.length;
  }
  return steps.length === 0 ? null : steps;
}

const STEP = /([.:])?([A-Za-z_][\w$]*)|\[(\d+)\]|\['([^'"\\]+)'\]|\["([^'"\\]+)"\]/y;

/** `v:a.b[0]`. A step that is computed may be any, and the value depends on it. */
export function pathFlow(flow: Flow, { base, steps, at }: BoundPath): ExpressionFlow {
  const whole = expressionFlow(flow, base);
  const computed = steps.filter((step) => typeof step === 'object').map((step) => expressionFlow(flow, step));
  const path = steps.map((step) => (typeof step === 'string' ? step : ELEMENT));
  const value = atPath(flow.budget, whole.value, path);
  return {
    value: chosenBy(flow, value, computed),
    kind: 'variant',
    tells: joined([
      whole.tells,
      conversion(flow, whole, 'variant', at),
      ...computed.map(({ tells }) => tells),
    ]),
    asked: null,
  };
}

/** `GET(v, 'a')` and `GET_PATH(v, 'a.b')`: paths when what they are given is a literal, else made of everything. */
export function gotten(
  flow: Flow,
  how: 'GET' | 'GET_PATH',
  [base, ...others]: readonly ExpressionFlow[],
  step: BoundExpression | undefined,
): Origin {
  if (base === undefined) throw new Error(`${how} without arguments`);
  const path = step?.kind === 'literal' && others.length === 1 ? literalPath(how, step.value) : null;
  return path === null
    ? derived(
        flow.budget,
        'expression',
        [base, ...others].map(({ value }) => value),
      )
    : atPath(flow.budget, base.value, path);
}

function literalPath(
  how: 'GET' | 'GET_PATH',
  value: Extract<BoundExpression, { kind: 'literal' }>['value'],
): readonly string[] | null {
  if (value.kind === 'string') return how === 'GET' ? [value.value] : readPath(value.value);
  return value.kind === 'number' && how === 'GET' ? [ELEMENT] : null;
}

function chosenBy(flow: Flow, value: Origin, computed: readonly ExpressionFlow[]): Origin {
  const values = computed.map((step) => step.value);
  if (values.every(isGiven))
    return {
      ...value,
      references: joined([value.references, ...values.map(({ references }) => references)]),
    };
  return derived(flow.budget, 'expression', [value, ...values]);
}
