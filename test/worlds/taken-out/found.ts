import { readFile, writeFile } from 'node:fs/promises';
import type { TakenOut } from './taken-out.ts';

/** How the loss of a control was found. */
export type Kept = Pick<TakenOut, 'floor' | 'seed' | 'statements'> & NonNullable<TakenOut['found']>;

/** Of a run, as `--json` prints it. */
export interface TakenOutSummary {
  readonly controls: number;
  readonly found: Readonly<Record<string, Kept>>;
  readonly missed: readonly string[];
}

export function summaryOf(all: readonly TakenOut[]): TakenOutSummary {
  return {
    controls: all.length,
    found: Object.fromEntries(all.flatMap((taken) => entriesOf(taken))),
    missed: all.filter(({ found }) => found === null).map(({ name }) => name),
  };
}

const FILE = new URL('found.json', import.meta.url);

/** Of the last run of each control, in the repository. */
export async function foundBefore(): Promise<Readonly<Record<string, Kept>>> {
  return JSON.parse(await readFile(FILE, 'utf8')) as Readonly<Record<string, Kept>>;
}

/** Writes down how it was found, or that it was not. */
export async function keep(taken: TakenOut): Promise<void> {
  const { [taken.name]: _, ...others } = await foundBefore();
  const all = Object.entries(others).concat(entriesOf(taken));
  const sorted = all.sort(([one], [other]) => one.localeCompare(other, 'en'));
  await writeFile(FILE, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

function entriesOf({ name, floor, seed, statements, found }: TakenOut): [string, Kept][] {
  return found === null ? [] : [[name, { floor, seed, statements, ...found }]];
}
