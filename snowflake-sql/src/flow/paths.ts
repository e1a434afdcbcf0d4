import type { BoundExpression, BoundPath } from '../bound/index.ts';
import { expressionFlow } from './expressions.ts';
import { atPath, derived, isGiven, type Origin } from './origin.ts';
import { joined } from './rope.ts';
import type { ExpressionFlow, Flow } from './state.ts';
import { conversion } from './failing.ts';

/** Any element of an array. */
export const ELEMENT = '*';

/** The top-level shape of a value: the number and the names of its fields. Equals no field name. */
export const SHAPE = '#';

/** A path written as text: names, `[0]`, `['name']` and `["name"]`; null for anything else. */
export function readPath(text: string): readonly string[] | null {
  const steps: string[] = [];
  let at = 0;
  while (at < text.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (match === null) return null;
    const [whole, separator, name, index, single, double] = match;
    // Names are separated by a dot or a colon, but the first one has no separator before it.
    if (name !== undefined && (separator !== undefined) !== at > 0) return null;
    steps.push(name ?? single ?? double ?? (index === undefined ? '' : ELEMENT));
    at += whole.length;
  }
  return steps.length === 0 ? null : steps;
}

const STEP = /([.:])?([A-Za-z_][\w$]*)|\[(\d+)\]|\['([^'"\\]+)'\]|\["([^'"\\]+)"\]/y;

/** `v:a.b[0]`. A computed step may be any field, and the value depends on it. */
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

/**
 * `GET(v, 'a')` and `GET_PATH(v, 'a.b')`: a path if the argument is a literal, otherwise derived from all arguments.
 */
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
