import { domainToASCII } from 'node:url';
import { folded, isVisible } from '../folded.ts';

/**
 * The mailbox that an address delivers to, to compare people by: `"Ada"+test@Example.com` and `ada@example.com` are
 * one. Null for what is no single plain mailbox, with which nothing can be compared: invisible characters, comments,
 * letters of several scripts.
 *
 * @param ignoreDotsAt domains (lower case) where dots before the `@` do not count.
 */
export function mailbox(address: string, ignoreDotsAt: readonly string[] = []): string | null {
  if (!isVisible(address)) return null;
  const whole = folded(address);
  const at = whole.lastIndexOf('@');
  const domain = domainToASCII(whole.slice(at + 1).replace(/\.$/, ''));
  const local = unquoted(whole.slice(0, Math.max(at, 0)));
  if (local === null || domain === '' || mixesScripts(local)) return null;
  const [box = ''] = local.split('+');
  const name = ignoreDotsAt.includes(domain) ? box.replaceAll('.', '') : box;
  return name === '' ? null : `${name}@${domain}`;
}

/** RFC 5322, section 3.4.1: a quoted local part is the same as it is without the quotes. */
function unquoted(local: string): string | null {
  const inner = /^"((?:[^"\\]|\\.)*)"$/su.exec(local)?.[1];
  const text = inner === undefined ? local : inner.replace(/\\(.)/gsu, '$1');
  return (inner === undefined && /[\s"(),:;<>@[\\\]]/u.test(text)) || text === '' ? null : text;
}

/** `аda` with a Cyrillic `а`: to a reader it is somebody else's. */
function mixesScripts(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  return new Set(letters.map((letter) => SCRIPTS.findIndex((script) => script.test(letter)))).size > 1;
}

/** Those that look alike, each; all others together. */
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];
