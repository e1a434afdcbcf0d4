import { seededRandom } from '../../support/random.ts';

/** Choices that a seed repeats. */
export interface Chance {
  /** True with probability `p`. */
  happens(p: number): boolean;
  /** A whole number from `low` up to and with `high`. */
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  /** One of the makers, by their weights, and what it makes. */
  weighed<T>(makers: readonly (readonly [weight: number, make: () => T])[]): T;
  /** Between `least` and `most` of them, in their order. */
  some<T>(list: readonly T[], least: number, most: number): readonly T[];
}

export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  return {
    happens: (p) => random() < p,
    between,
    pick: (list) => list[Math.floor(random() * list.length)]!,
    weighed(makers) {
      let left = random() * makers.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, make] of makers) {
        left -= weight;
        if (left < 0) return make();
      }
      return makers.at(-1)![1]();
    },
    some(list, least, most) {
      const wanted = Math.min(list.length, between(least, most));
      const left = [...list.keys()];
      while (left.length > wanted) left.splice(between(0, left.length - 1), 1);
      return left.map((index) => list[index]!);
    },
  };
}
