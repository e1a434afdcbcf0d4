import type { Cell } from '@sluice/relay/warehouse';

/**
 * Other values for the sensitive columns of a shop, that look the same once they are masked, and as different
 * as may be before: where one world's text is no number, the other's is; where one list has two parts, the
 * other has none. Equality is kept only where it may show: where the mask is a token, or groups are made of tokens.
 */
export interface SensitiveValues {
  readonly name: Cell;
  readonly email: Cell;
  readonly phone: Cell;
  readonly card: Cell;
  readonly nationalId: Cell;
  readonly iban: Cell;
  readonly birthDate: Cell;
  readonly credit: Cell;
  readonly profile: Cell;
}

type Change = (value: string, id: number) => string;

/** What the second world has in the place of the first one's value. */
export const otherValue: Readonly<Record<keyof SensitiveValues, Change>> = {
  // The first letter, the length and the spaces show, and which names are equal: they are grouped by as tokens.
  name: (value) =>
    value.replace(/[aeiou]/g, (vowel) => String('aeiou'.indexOf(vowel) + 1)).replace(/(?<=.)[b-z]/gi, turned),
  // Which addresses are equal shows, and nothing else: here they are numbers, half of them negative.
  email: (_, id) => String(id % 2 === 0 ? id * 37 + 11 : -id * 37),
  phone: lastKept(2, (digit) => (digit === '+' || digit === ' ' ? digit : 'a')),
  card: lastKept(4, (_, place) => (place % 3 === 0 ? 'x' : '7')),
  // Nothing shows but that there is one.
  nationalId: (value, id) => (id % 3 === 0 ? '-7' : value.replaceAll('-', '')),
  iban: (value) => `${value.slice(0, 2)}${'a,'.repeat((value.length - 6) / 2)}${value.slice(-4)}`,
  birthDate: (value, id) => `${yearOf(value)}-${id % 2 === 0 ? '01-31' : '12-01'}`,
  // Thousands show.
  credit: (value, id) => String(Math.floor(Number(value) / 1000) * 1000 + (id % 5 === 0 ? 0 : 999)),
  profile: (value, id) => {
    const profile = JSON.parse(value) as { contact: { email: string; phone: string } };
    const { contact } = profile;
    const phone = otherValue.phone(contact.phone, id);
    return JSON.stringify({
      ...profile,
      contact: { email: otherValue.email(contact.email, id + 1000), phone },
      // Masked whole, whatever it is; what is asked for by name is there in both, as every mask shows nulls.
      identity: {
        national_id: id % 2 === 0 ? 7 : '-7',
        document: 'card@home',
        ...(id % 3 === 0 ? {} : { issued: { by: 'DE', places: [id, 'x'] } }),
      },
    });
  },
};

/** Another consonant for each, and never the same one for two. */
function turned(letter: string): string {
  const place = CONSONANTS.indexOf(letter.toLowerCase());
  if (place === -1) return letter;
  const other = CONSONANTS.at(-1 - place)!;
  return letter === letter.toLowerCase() ? other : other.toUpperCase();
}

const CONSONANTS = 'bcdfghjklmnpqrstvwxyz';

/** Of a date as results carry it: days since the epoch. */
function yearOf(days: string): number {
  return new Date(Number(days) * 86_400_000).getUTCFullYear();
}

/** Each letter and digit but the last ones is changed. */
function lastKept(keep: number, change: (character: string, place: number) => string): Change {
  return (value) => Array.from(value.slice(0, -keep), change).join('') + value.slice(-keep);
}
