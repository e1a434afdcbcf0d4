import { z } from 'zod';

/** Of links from anywhere: `sluice://request/ID`. */
export const LINK_SCHEME = 'sluice';

/**
 * The request that a link names. Whoever made it chose every letter: it carries an id and nothing else, names no relay and
 * decides nothing.
 *
 * @returns its id; null for whatever is not exactly such a link.
 */
export function requestOfLink(link: string): string | null {
  const id = /^sluice:\/\/request\/([0-9a-f-]{36})\/?$/.exec(link)?.[1];
  return id !== undefined && z.uuid().safeParse(id).success ? id : null;
}

/** What another start of the app was asked to open. */
export type Wanted =
  { readonly type: 'request'; readonly id: string } | { readonly type: 'file'; readonly path: string };

/** @param argv of a start: the program itself, switches of Electron's and the system's, and what was opened. */
export function wantedOf(argv: readonly string[]): Wanted | null {
  for (const argument of argv.slice(1)) {
    const id = requestOfLink(argument);
    if (id !== null) return { type: 'request', id };
    if (!argument.startsWith('-') && /^[^:]*\.sluice$|^[A-Za-z]:\\.*\.sluice$/.test(argument)) {
      return { type: 'file', path: argument };
    }
  }
  return null;
}
