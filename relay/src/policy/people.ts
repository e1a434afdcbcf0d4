import { folded } from '../folded.ts';
import { anyExactGlob } from './patterns.ts';
import type { Named } from './policy.ts';

/**
 * Whether somebody is one of those named, to the letter: what a rule gives to `ada` it does not give to `ADA`, who may
 * be somebody else. A bare subject names a person; a pipeline's issuer gives out subjects of its own, so it needs
 * `issuer|subject`.
 */
export function peopleToTheLetter(names: readonly string[]): (who: Named) => boolean {
  const isNamed = anyExactGlob(names);
  return ({ issuer, subject, kind }) =>
    isNamed(`${issuer}|${subject}`) || (kind === 'person' && isNamed(subject));
}

/** The same in any spelling: what a rule keeps from `eve` it keeps from `EVE`. */
export function peopleInAnySpelling(names: readonly string[]): (who: Named) => boolean {
  const isNamed = anyExactGlob(names.map(spelled));
  const toTheLetter = peopleToTheLetter(names);
  return (who) =>
    toTheLetter(who) ||
    isNamed(spelled(`${who.issuer}|${who.subject}`)) ||
    (who.kind === 'person' && isNamed(spelled(who.subject)));
}

/** Issuer and subject each by itself: blanks beside the bar make no other name, either. */
function spelled(name: string): string {
  return folded(name).split('|').map(folded).join('|');
}
