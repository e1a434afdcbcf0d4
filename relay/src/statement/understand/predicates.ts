import type { Comparison, Expression } from '../tree/query.ts';
import { originOf } from './expressions.ts';
import { isDirect, type Origin } from './origin.ts';
import type { Scope } from './scope.ts';
import { noteUse, type Walk } from './walk.ts';

/** Notes how a condition uses the columns it looks at: which rows come back is an answer about their values. */
export function noteCondition(walk: Walk, scope: Scope, condition: Expression): void {
  switch (condition.kind) {
    case 'paren':
      return noteCondition(walk, scope, condition.inner);
    case 'not':
      return noteCondition(walk, scope, condition.operand);
    case 'logical':
      for (const operand of condition.operands) noteCondition(walk, scope, operand);
      return;
    case 'comparison':
      return noteComparison(walk, scope, condition);
    case 'in_list':
      return noteInList(walk, scope, condition);
    case 'is':
      return noteUseOf(walk, scope, condition.operand, 'condition');
    default:
      return noteUse(walk, originOf(walk, scope, condition), 'compare', condition);
  }
}

/**
 * Equality with a value that the text gives tells whoever knows the value already that it is there, and
 * equality of two columns that they are the same: weaker than any other comparison, and only of whole values.
 */
function noteComparison(walk: Walk, scope: Scope, comparison: Comparison): void {
  const left = originOf(walk, scope, comparison.left);
  const right = originOf(walk, scope, comparison.right);
  const whole = comparison.operator === '=' && isDirect(left) && isDirect(right);
  const given = isGiven(left) || isGiven(right);
  const as = whole ? (given ? 'equal' : 'join') : 'compare';
  noteUse(walk, left, as, comparison);
  noteUse(walk, right, as, comparison);
}

function noteInList(walk: Walk, scope: Scope, node: Extract<Expression, { kind: 'in_list' }>): void {
  const operand = originOf(walk, scope, node.operand);
  const listed = node.list.map((item) => originOf(walk, scope, item));
  const whole = isDirect(operand) && listed.every(isGiven);
  for (const origin of [operand, ...listed]) noteUse(walk, origin, whole ? 'equal' : 'compare', node);
}

/** A test of one thing: weaker than a comparison only when the thing is a whole value. */
function noteUseOf(walk: Walk, scope: Scope, operand: Expression, as: 'condition'): void {
  const origin = originOf(walk, scope, operand);
  noteUse(walk, origin, isDirect(origin) ? as : 'compare', operand);
}

function isGiven({ sources, unresolved }: Origin): boolean {
  return sources.length === 0 && unresolved === null;
}
