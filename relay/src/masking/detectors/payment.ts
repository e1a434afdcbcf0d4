import { getCountrySpecifications } from 'ibantools';
import { luhn, mod97 } from './checksums.ts';
import { byLength, digitsOf } from './detector.ts';

/** 12 to 19 digits, grouped or not, with an issuer's prefix and a valid Luhn checksum. */
export const cardNumber = byLength(/(?<!\d)(?<!\d\.)(?=(\d(?:[ -]?\d){11,19}))/g, (candidate) => {
  const digits = digitsOf(candidate);
  const fitting = ISSUERS.filter(({ prefixes }) => prefixes.test(digits)).flatMap(({ lengths }) => lengths);
  for (const count of fitting) {
    const end = endOfDigit(candidate, count);
    if (end > 0 && !/\d/.test(candidate.charAt(end)) && luhn(digits.slice(0, count))) return end;
  }
  return 0;
});

/** The offset after the `count`th digit; 0 when there are fewer. */
function endOfDigit(text: string, count: number): number {
  let seen = 0;
  for (let index = 0; index < text.length; index++) {
    if (/\d/.test(text.charAt(index)) && ++seen === count) return index + 1;
  }
  return 0;
}

const ISSUERS: readonly { readonly lengths: readonly number[]; readonly prefixes: RegExp }[] = [
  // Visa
  { lengths: [13, 16, 19], prefixes: /^4/ },
  // Mastercard
  { lengths: [16], prefixes: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/ },
  // American Express
  { lengths: [15], prefixes: /^3[47]/ },
  // Discover
  { lengths: [16, 19], prefixes: /^(6011|64[4-9]|65)/ },
  // Diners Club
  { lengths: [14], prefixes: /^(30[0-5]|3095|36|38|39)/ },
  // JCB
  { lengths: [16, 19], prefixes: /^35(2[89]|[3-8])/ },
  // UnionPay
  { lengths: [16, 17, 18, 19], prefixes: /^62/ },
  // Maestro
  { lengths: [12, 13, 14, 15, 16, 17, 18, 19], prefixes: /^(5018|5020|5038|5893|6304|6759|676[1-3])/ },
];

/** An IBAN with a valid country, length and check digits (ISO 13616), grouped or not. */
export const iban = byLength(/(?<![A-Za-z0-9])(?=([A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,31}))/gi, (candidate) => {
  const length = IBAN_COUNTRIES[candidate.slice(0, 2).toUpperCase()]?.chars ?? 0;
  const written = new RegExp(`^(?: ?[A-Z0-9]){${length}}(?![A-Z0-9])`, 'i').exec(candidate)?.[0] ?? '';
  return mod97(written.replaceAll(' ', '')) ? written.length : 0;
});

/**
 * The registry of ISO 13616, and other countries that use its form. The table comes from `ibantools`, but its own
 * validation is not used: it also rejects IBANs with wrong national check digits, which must be masked too.
 */
const IBAN_COUNTRIES = getCountrySpecifications();
