/** An amount that each key, and all keys together, may use within an hour. */
export interface HourlyBudget {
  /**
   * The milliseconds until some is available again: 0 if there is some left, for the key and in total. An hour begins with
   * the first use.
   */
  waitMs(key: string, now: number): number;
  /** Uses some. A single use may exceed what is left; after that there is none. */
  use(key: string, amount: number, now: number): void;
}

interface Hour {
  readonly from: number;
  used: number;
}

export function createHourlyBudget(most: { readonly each: number; readonly all: number }): HourlyBudget {
  const hours = new Map<string, Hour>();
  let all: Hour = { from: -Infinity, used: 0 };

  const leftOver = (hour: Hour, budget: number, now: number) =>
    isOver(hour, now) || hour.used < budget ? 0 : hour.from + HOUR_MS - now;

  return {
    waitMs(key, now) {
      const own = hours.get(key);
      return Math.max(own === undefined ? 0 : leftOver(own, most.each, now), leftOver(all, most.all, now));
    },
    use(key, amount, now) {
      if (isOver(all, now)) {
        all = { from: now, used: 0 };
        // The end of the common hour is as good a moment as any to forget those who have not been here since.
        for (const [known, hour] of hours) if (isOver(hour, now)) hours.delete(known);
      }
      all.used += amount;
      const own = hours.get(key);
      if (own === undefined || isOver(own, now)) hours.set(key, { from: now, used: amount });
      else own.used += amount;
    },
  };
}

const HOUR_MS = 3_600_000;

/** Also if the clock was set back to before it began. */
function isOver({ from }: Hour, now: number): boolean {
  return now >= from + HOUR_MS || now < from;
}
