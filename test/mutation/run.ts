import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { folders } from './folders.ts';
import { overall, tallyOf } from './score.ts';

/**
 * `npm run -s mutation -- [--json] [--only FOLDER]... [--survivors] [--report] [--raise]`: changes the code of the
 * security path in thousands of small ways and counts how many a test notices. Exits 1 below the floor.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** These folders only. */
    only: { type: 'string', multiple: true, default: Object.keys(folders) },
    /** Lists the mutants that nobody noticed. */
    survivors: { type: 'boolean', default: false },
    /** Reads the last run's reports instead of running. */
    report: { type: 'boolean', default: false },
    /** Raises the floor to what was reached. */
    raise: { type: 'boolean', default: false },
  },
});

const FLOOR = fileURLToPath(new URL('./floor.json', import.meta.url));
const floor = JSON.parse(readFileSync(FLOOR, 'utf8')) as Floor;

interface Floor {
  /** Percent over all folders. */
  readonly score: number;
  readonly folders: Readonly<Record<string, number>>;
}

if (!values.report) for (const name of values.only) mutate(name);

const tallies = values.only.map((name) => ({ name, ...tallyOf(name) }));
const isWhole = Object.keys(folders).every((name) => values.only.includes(name));
const score = overall(tallies);
const below = [
  ...(isWhole && score < floor.score ? ['all'] : []),
  ...tallies.filter(({ name, score }) => score < (floor.folders[name] ?? 0)).map(({ name }) => name),
];

if (values.json) {
  const byFolder = tallies.map(({ name, survived, ...tally }) => [
    name,
    { ...tally, survived: survived.length, floor: floor.folders[name] ?? 0 },
  ]);
  console.log(JSON.stringify({ score, floor: floor.score, folders: Object.fromEntries(byFolder), below }));
} else {
  console.table(tallies.map(({ survived, ...tally }) => ({ ...tally, survived: survived.length })));
  console.log(`score: ${score}, floor: ${floor.score}${isWhole ? '' : ' (over all folders)'}`);
}
if (values.survivors) for (const { survived } of tallies) for (const one of survived) console.error(one);
if (below.length > 0) {
  console.error(`below the floor of test/mutation/floor.json: ${below.join(', ')}`);
  process.exitCode = 1;
} else if (values.raise) {
  const raised: Floor = {
    score: isWhole ? higher(floor.score, score) : floor.score,
    folders: {
      ...floor.folders,
      ...Object.fromEntries(tallies.map(({ name, score }) => [name, higher(floor.folders[name], score)])),
    },
  };
  writeFileSync(FLOOR, `${JSON.stringify(raised, null, 2)}\n`);
}

/** In a process of its own, whose words go to stderr: stdout is for the figures. */
function mutate(name: string): void {
  const program = fileURLToPath(new URL('./mutate-folder.ts', import.meta.url));
  const { status } = spawnSync(process.execPath, [program, name], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`the run over \`${name}\` failed`);
}

/** Whole percents: timeouts on a busy machine move the rest. */
function higher(floor: number | undefined, score: number): number {
  return Math.max(floor ?? 0, Math.floor(score));
}
