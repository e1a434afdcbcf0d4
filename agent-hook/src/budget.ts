/** How much may be looked at for one call: what would take longer is not looked at, and so not let through. */
export interface Budget {
  /** @throws TooMuch when the characters that are looked at, over and over, come to more than is allowed. */
  spend(characters: number): void;
}

/** Thrown where a call is too large or too deep to be judged. */
export class TooMuch extends Error {
  constructor() {
    super('it is more than is looked at');
    this.name = 'TooMuch';
  }
}

/** @param isLate is asked now and then; once it is true, everything else is too much. */
export function createBudget(most: number, isLate: () => boolean): Budget {
  let left = most;
  return {
    spend(characters) {
      left -= characters + 16;
      if (left < 0 || isLate()) throw new TooMuch();
    },
  };
}

/** Texts within texts: a command in a string in a script in a here-document. */
export const DEEPEST = 12;
