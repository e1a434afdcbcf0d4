import type { BoundExpression } from '@sluice/snowflake-sql/execution';

/** Tells expressions that mean the same by one number: what a GROUP BY key and an output have in common. */
export interface Identities {
  of(expression: BoundExpression): number;
}

/** Places in the text, and what differs between two mentions of one column. */
const NOT_MEANT: ReadonlySet<string> = new Set(['at', 'start', 'end', 'reference', 'quoted', 'quote']);

export function createIdentities(): Identities {
  const numbers = new Map<string, number>();
  const known = new WeakMap<object, number>();
  return { of: numberOf };

  function numberOf(node: object): number {
    const before = known.get(node);
    if (before !== undefined) return before;
    const meant = meantBy(node);
    const number = meant === null ? numberOfText(textOf(node)) : numberOf(meant);
    known.set(node, number);
    return number;
  }

  function numberOfText(text: string): number {
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    return number;
  }

  function textOf(node: object): string {
    if (Array.isArray(node)) return `[${node.map(partOf).join(',')}]`;
    if ('kind' in node) {
      // A query means what it means where it stands: two are never taken for one.
      if (node.kind === 'query') return `query ${numbers.size}`;
      if (node.kind === 'column' && 'relation' in node && 'index' in node) {
        return `column ${String(node.relation)} ${String(node.index)}`;
      }
    }
    const parts = Object.entries(node).filter(([name]) => !NOT_MEANT.has(name));
    return `{${parts.map(([name, value]) => `${name}:${partOf(value)}`).join(',')}}`;
  }

  function partOf(value: unknown): string {
    return typeof value === 'object' && value !== null ? String(numberOf(value)) : JSON.stringify(value);
  }
}

/** What stands for something else means that. */
function meantBy(node: object): object | null {
  if (!('kind' in node)) return null;
  const expression = node as BoundExpression;
  if (expression.kind === 'output') return expression.output.expression;
  return expression.kind === 'either' ? expression.readings[0]! : null;
}
