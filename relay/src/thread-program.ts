import { posix } from 'node:path';

/**
 * The module that a thread runs, beside the one that starts it: `.ts` in the sources, `.js` in a package. Only the
 * specifiers of imports are rewritten when a package is built.
 *
 * @param from `import.meta.url`
 * @param name without its extension
 */
export function threadProgram(from: string, name: string): string {
  return new URL(`./${name}${posix.extname(new URL(from).pathname)}`, from).href;
}
