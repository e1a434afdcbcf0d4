import type { Type } from './shop-schema.ts';

/** A function's call with holes for its arguments, such as `LPAD({t}, {i}, {k})`. */
export interface FunctionForm {
  readonly makes: Type;
  readonly text: string;
  /** In upper case. */
  readonly name: string;
}

const types: Readonly<Record<string, Type>> = {
  t: 'text',
  n: 'number',
  d: 'date',
  s: 'timestamp',
  b: 'truth',
  j: 'json',
};

/**
 * A line for each form: what it makes, and the call. Holes: `t n d s b j` an expression of that type, `a` of
 * any, `i` a small whole number, `k` a short text, `r` a pattern, `u` a date part, `o` what to order by, `w` a
 * window, `h` a path. What is never the same twice stands where only its being there is asked for.
 */
export function forms(lines: string): readonly FunctionForm[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [type = '', ...rest] = line.trim().split(' ');
      const text = rest.join(' ');
      return { makes: types[type]!, text, name: /^\(?(\w+)/.exec(text)?.[1] ?? '' };
    });
}
