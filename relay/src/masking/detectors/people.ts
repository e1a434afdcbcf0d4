import { verhoeff, weighted } from './checksums.ts';
import { all, byPattern, type Detector, digitsOf, hasContext, type Match } from './detector.ts';

/**
 * A US Social Security number, with separators or as nine plain digits near a word that indicates one. Areas, groups
 * and serials that were never issued do not match. There is no checksum: plain digits without context would match every
 * second id.
 */
export const usSsn = byPattern(/(?<![\d-])\d{3}([- ]?)\d{2}\1\d{4}(?![\d-])/g, (match, at, haystack) => {
  const digits = digitsOf(match);
  const area = digits.slice(0, 3);
  if (area === '000' || area === '666' || area >= '900') return false;
  if (digits.slice(3, 5) === '00' || digits.slice(5) === '0000') return false;
  return match.length === 11 || hasContext(/\b(ssn|social\s?sec(urity)?)\b/i, at, haystack);
});

/** Searches outwards from each `@`. Searching from each possible start would read the same domain up to 64 times. */
export const email: Detector = ({ text }) => {
  const found: Match[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > from && at - start < 64 && LOCAL_PART.test(text.charAt(start - 1))) start--;
    if (start === at) continue;
    const domain = new RegExp(DOMAIN);
    domain.lastIndex = at + 1;
    if (!domain.test(text)) continue;
    from = domain.lastIndex;
    found.push({ start, end: from });
  }
  return found;
};

const LOCAL_PART = /[\w.!#$%&'*+/=?^`{|}~-]/;
const DOMAIN = /(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![a-z0-9])/iy;

/**
 * International with `+`, North American with separators, or plain digits near a word that indicates a phone number.
 * Written by hand because `libphonenumber-js` (Google's rules) finds national numbers of only one country and no
 * unassigned numbers, such as test numbers, and took about fifty times as long on the same text.
 */
export const phone = all(
  byPattern(/(?<![\w+])\+\d(?:[ ()./-]{0,2}\d){6,14}(?!\d)/g, () => true),
  byPattern(/(?<![\w.-])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])/g, () => true),
  byPattern(/(?<![\w.-])0?\d(?:[ /-]?\d){5,13}(?![\w-])/g, (_match, at, haystack) =>
    hasContext(/\b(phone|telephone|tel|mobile|cell|call(ed)?( me)?|fax)\b/i, at, haystack),
  ),
);

/**
 * National identity numbers of several countries, checked by checksum, and by context where the checksum is weak.
 * Written by hand because the library `stdnum` takes most of a second to load the numbers of eighty countries.
 */
export const nationalId = all(
  // Spain: DNI and NIE. The letter is the number modulo 23.
  byPattern(/(?<![A-Za-z0-9])(?:\d{8}|[XYZ]\d{7})-?[A-Z](?![A-Za-z0-9])/gi, (match) => {
    const compact = match.replace('-', '').toUpperCase();
    const number = compact.slice(0, 8).replace(/^[XYZ]/, (first) => String('XYZ'.indexOf(first)));
    return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === compact[8];
  }),
  // Brazil: CPF, two check digits.
  byPattern(/(?<![\d.-])\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?![\d-])/g, (match, at, haystack) => {
    const digits = digitsOf(match);
    if (new Set(digits).size === 1) return false;
    const first = ((weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
    const second = ((weighted(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
    if (first !== Number(digits[9]) || second !== Number(digits[10])) return false;
    return match.length === 14 || hasContext(/\bcpf\b/i, at, haystack);
  }),
  // Netherlands: BSN, checked modulo 11. One number in eleven passes, so context is needed.
  byPattern(
    /(?<![\d.-])\d{9}(?![\d-])/g,
    (digits, at, haystack) =>
      weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 &&
      hasContext(/\b(bsn|burgerservicenummer|sofinummer|national id)\b/i, at, haystack),
  ),
  // India: Aadhaar, in groups of four, or plain with context.
  byPattern(
    /(?<![\d-])[2-9]\d{3}([ -]?)\d{4}\1\d{4}(?![\d-])/g,
    (match, at, haystack) =>
      verhoeff(digitsOf(match)) &&
      (match.length === 14 || hasContext(/\b(aadhaar|uidai|national id)\b/i, at, haystack)),
  ),
  // United Kingdom: National Insurance number. No checksum, but a form that is rare among ids.
  byPattern(
    /(?<![A-Za-z0-9])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]( ?)\d{2}\1\d{2}\1\d{2}\1[A-D](?![A-Za-z0-9])/gi,
    (match) => !/^(BG|GB|KN|NK|NT|TN|ZZ)/i.test(match),
  ),
);
