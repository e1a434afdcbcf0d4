import type { Difference, Lockstep } from './lockstep.ts';
import type { Order } from './order.ts';
import type { Subject } from './relay-in-process.ts';

/** The same difference from fewer and shorter statements. */
export interface Reduced {
  readonly orders: readonly Order[];
  readonly what: Difference['what'];
  readonly left: string;
  readonly right: string;
}

/**
 * Leaves out orders, then words of the last one, then words of those before it, for as long as the worlds
 * differ in the same way. Nothing is known of the grammar: what no longer parses is refused in both worlds.
 */
export async function reduce(
  lockstep: Lockstep,
  subject: Subject,
  orders: readonly Order[],
  found: Difference,
  tries = 250,
): Promise<Reduced> {
  let left = tries;
  let best: Reduced = { ...found, orders: orders.slice(0, found.index + 1) };

  const holds = async (candidate: readonly Order[]): Promise<boolean> => {
    if ((left -= 1) < 0) return false;
    const { differences } = await lockstep.replay({ subject, orders: candidate });
    const same = differences.find(({ index, what }) => index === candidate.length - 1 && what === found.what);
    if (same === undefined) return false;
    best = { ...same, orders: candidate };
    return true;
  };

  for (let index = best.orders.length - 2; index >= 0; index -= 1) {
    await holds(best.orders.toSpliced(index, 1));
  }
  for (let index = best.orders.length - 1; index >= 0; index -= 1) {
    let words = wordsOf(best.orders[index]!.sql);
    const shorten = async (shorter: readonly string[]): Promise<boolean> => {
      const order = { ...best.orders[index]!, sql: textOf(shorter) };
      if (!(await holds(best.orders.with(index, order)))) return false;
      words = shorter;
      return true;
    };
    for (let start = 0; start < words.length; start += 1) {
      for (const shorter of withoutGroup(words, start)) if (await shorten(shorter)) break;
    }
    for (let size = Math.ceil(words.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let start = 0; start < words.length;) {
        if (!(await shorten(words.toSpliced(start, size)))) start += size;
      }
    }
  }
  return best;
}

/** Without what stands in parentheses from here on and a few words around it, or with nothing but that. */
function withoutGroup(words: readonly string[], start: number): readonly (readonly string[])[] {
  if (words[start] !== '(') return [];
  let end = start;
  for (let depth = 0; end < words.length; end += 1) {
    depth += words[end] === '(' ? 1 : words[end] === ')' ? -1 : 0;
    if (depth === 0) break;
  }
  const cut = (before: number, after: number) =>
    words.toSpliced(start - before, end - start + 1 + before + after);
  const inside = words.slice(start + 1, end);
  const cuts = [0, 1, 2, 3, 4].flatMap((before) => [0, 1].map((after) => [before, after] as const));
  return [
    ...(/^(SELECT|WITH|\()$/.test(inside[0] ?? '') ? [inside] : []),
    ...cuts.filter(([before]) => before <= start).map(([before, after]) => cut(before, after)),
    words.toSpliced(start + 1, end - start - 1, 'NULL'),
  ];
}

function wordsOf(sql: string): readonly string[] {
  return (
    sql.match(/'(?:[^']|'')*'|[\w$]+|::|=>|->|\|\||<>|<=|>=|\s+|./g)?.filter((word) => word.trim() !== '') ??
    []
  );
}

function textOf(words: readonly string[]): string {
  return words
    .join(' ')
    .replaceAll(/ (?=[).,:])|(?<=[(.:]) /g, '')
    .replaceAll(
      /(?<=\b(?!IN|AS|ON|AND|OR|BY|FROM|JOIN|WHERE|OVER|SELECT|LATERAL|EXISTS|ALL|ANY|UNION|VALUES|TABLE)\w+) \(/g,
      '(',
    );
}
