import { all, byPattern, hasContext } from './detector.ts';

/** Keys with a distinctive form, private key blocks, and AWS secret keys near a word that indicates one. */
export const secretKey = all(
  byPattern(/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g, () => true),
  byPattern(
    /\b(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{36,251}|glpat-[\w-]{20,64})/g,
    () => true,
  ),
  byPattern(/\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/g, () => true),
  byPattern(/\bAIza[\w-]{35}/g, () => true),
  byPattern(/\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,247}/g, () => true),
  byPattern(/\bsk-[A-Za-z0-9_-]{20,250}/g, () => true),
  byPattern(/(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g, (_match, at, haystack) =>
    hasContext(/\b(aws|secret|access.?key)/i, at, haystack),
  ),
  privateKey,
);

const BEGIN = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;

/** Matches up to the end marker, or to the end of the text if the key was cut off. */
function privateKey({ text }: { readonly text: string }) {
  const found = [];
  let from = 0;
  if (!text.includes('-----BEGIN ')) return [];
  for (const begin of text.matchAll(BEGIN)) {
    if (begin.index < from) continue;
    const ends = new RegExp(END);
    ends.lastIndex = begin.index + begin[0].length;
    const end = ends.exec(text);
    from = end === null ? text.length : end.index + end[0].length;
    found.push({ start: begin.index, end: from });
  }
  return found;
}

/** Three base64url parts, the first a JSON header that names an algorithm (RFC 7519). */
export const jwt = byPattern(/(?<![\w-])eyJ[\w-]{5,4000}\.[\w-]{2,}\.[\w-]*/g, (match) => {
  try {
    const header = Buffer.from(match.slice(0, match.indexOf('.')), 'base64url').toString();
    // What `eyJ` says begins with `{`.
    return 'alg' in (JSON.parse(header) as object);
  } catch {
    return false;
  }
});
