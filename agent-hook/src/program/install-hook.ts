import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type HarnessFile, hookFile, type HookPlaces, withHook, withoutHook } from './hook-files.ts';
import { settingsFile } from './hook-places.ts';
import { SetupProblem } from './setup-problem.ts';

interface Order extends HookPlaces {
  readonly harnesses: readonly HarnessFile[];
  /** Says what would be written, and writes nothing. */
  readonly isTrial: boolean;
}

/**
 * Sets the hook up, or anew; whatever else is in the files stays. Answers what was done, a line for each file.
 * @throws SetupProblem if a file is there that is no JSON object: it is left as it is.
 */
export function installHook(
  order: Order & {
    readonly command: string;
    readonly url?: string | undefined;
    readonly tokenFile?: string | undefined;
  },
): readonly string[] {
  const { command, url, tokenFile } = order;
  // All are read before any is written.
  const changes = order.harnesses.map((harness) => {
    const path = hookFile(harness, order);
    return { path, before: readObject(path), after: withHook(harness, readObject(path) ?? {}, command) };
  });
  if (url !== undefined || tokenFile !== undefined) {
    if (url !== undefined && !URL.canParse(url))
      throw new SetupProblem(`\`${url}\` is not a URL`, {
        advice: 'give an address such as https://sluice.example.com',
      });
    const path = settingsFile(order.env);
    const before = readObject(path);
    changes.push({
      path,
      before,
      after: {
        ...before,
        ...(url === undefined ? {} : { url }),
        ...(tokenFile === undefined ? {} : { tokenFile }),
      },
    });
  }
  return changes.map((change) => apply(change, order.isTrial));
}

/** Takes the hook out, and a file away that holds nothing else. @throws as `installHook`. */
export function uninstallHook(order: Order): readonly string[] {
  const changes = order.harnesses.flatMap((harness) => {
    const path = hookFile(harness, order);
    const before = readObject(path);
    return before === null ? [] : [{ path, before, after: withoutHook(harness, before) }];
  });
  if (changes.length === 0) return ['there is no hook here'];
  return changes.map((change) => apply(change, order.isTrial));
}

type Json = Readonly<Record<string, unknown>>;

function apply(
  { path, before, after }: { readonly path: string; readonly before: Json | null; readonly after: Json },
  isTrial: boolean,
): string {
  const text = `${JSON.stringify(after, null, 2)}\n`;
  if (before !== null && JSON.stringify(before) === JSON.stringify(after))
    return `${path} is as it should be`;
  const isEmpty = Object.keys(after).every((name) => name === 'version');
  if (isTrial) return isEmpty ? `${path} would be removed` : `${path} would be:\n${text.trimEnd()}`;
  if (isEmpty) {
    rmSync(path);
    return `removed ${path}`;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return `wrote ${path}`;
}

function readObject(path: string): Json | null {
  if (!existsSync(path)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // The same as of a list: nothing that a hook could be put into.
  }
  throw new SetupProblem(`\`${path}\` is no JSON object`, {
    advice: 'correct it, or move it away, and try again; nothing was written',
  });
}
