import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { controls } from './controls.ts';

/** What became of the worlds without one control. */
export interface TakenOut {
  readonly name: string;
  readonly floor: boolean;
  /** Of the first session. */
  readonly seed: number;
  /** How many statements it took, or were tried in vain. */
  readonly statements: number;
  readonly found: { readonly what: string; readonly sql: readonly string[] } | null;
}

/**
 * Takes controls out one at a time, each in a process of its own, and lets the worlds look for what is told then. One
 * whose loss they do not find shows what the generated statements lack.
 */
export async function* takeOut(
  names: readonly string[],
  options: { readonly seed: number; readonly statements: number },
): AsyncGenerator<TakenOut> {
  for (const name of names) {
    const control = controls.get(name);
    if (control === undefined) throw new Error(`there is no control \`${name}\``);
    const floor = control.floor === true;
    const args = [
      '--import',
      pathOf('without.ts'),
      pathOf('search.ts'),
      `--seed=${options.seed}`,
      `--statements=${options.statements}`,
      ...(floor ? ['--floor'] : []),
    ];
    const env = { ...process.env, WORLDS_WITHOUT: name };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 2 ** 26 });
    yield {
      name,
      floor,
      seed: options.seed,
      ...(JSON.parse(stdout) as Pick<TakenOut, 'statements' | 'found'>),
    };
  }
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
