import type { Rendering } from './rendering.ts';

/**
 * Values that `body` mentions several times, and that are written and computed once: text that repeats its parts
 * grows exponentially when it is nested. A lambda is DuckDB's only way to name a value inside an expression.
 */
export function once(
  rendering: Rendering,
  values: readonly string[],
  body: (...names: readonly string[]) => string,
): string {
  if (values.every(isShort)) return body(...values);
  if (rendering.withoutLambdas) {
    const text = body(...values);
    rendering.spend(text.length);
    return text;
  }
  const parameter = rendering.fresh('l');
  const fields = values.map((value, index) => `v${index} := ${value}`).join(', ');
  const names = values.map((_, index) => `${parameter}.v${index}`);
  return `list_transform([struct_pack(${fields})], lambda ${parameter}: ${body(...names)})[1]`;
}

/** A column, a number, a short text: repeated as it is. */
function isShort(text: string): boolean {
  return text.length <= 40 && /^(?:[a-z]\d+\.[a-z]\w*|-?\d+(?:\.\d+)?|'[^']*'|NULL|\$\d+)$/.test(text);
}
