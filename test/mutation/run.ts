import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { folders, incrementalOf, reportOf } from './folders.ts';
import { isMeasured, overall, tallyOf } from './score.ts';

/**
 * `npm run -s mutation -- [--json] [--only FOLDER]... [--again] [--survivors] [--report] [--raise]`: changes the code
 * of the security path in thousands of small ways and counts how many a test notices. It goes on where it was broken
 * off, and leaves out a folder that it has measured as it stands. Exits 1 below the floor, and where a folder has not
 * been measured to the end.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** These folders only. */
    only: { type: 'string', multiple: true, default: Object.keys(folders) },
    /** Forgets what earlier runs know of these folders. */
    again: { type: 'boolean', default: false },
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

if (values.again) {
  for (const name of values.only) {
    for (const file of [reportOf(name), incrementalOf(name)]) rmSync(file, { force: true });
  }
}
if (!values.report) for (const name of values.only) if (!isMeasured(tallyOf(name))) mutate(name);

const found = values.only.map((name) => ({ name, tally: tallyOf(name) }));
const tallies = found.flatMap(({ name, tally }) => (tally === null ? [] : [{ name, ...tally }]));
const measured = tallies.filter(isMeasured);
const unmeasured = found.filter(({ tally }) => !isMeasured(tally)).map(({ name }) => name);
const isWhole = Object.keys(folders).every((name) => measured.some((one) => one.name === name));
const score = overall(tallies);
const below = [
  ...(isWhole && score < floor.score ? ['all'] : []),
  ...measured.filter(({ name, score }) => score < (floor.folders[name] ?? 0)).map(({ name }) => name),
];

if (values.json) {
  const byFolder = tallies.map(({ name, survived, ...tally }) => [
    name,
    { ...tally, survived: survived.length, floor: floor.folders[name] ?? 0 },
  ]);
  console.log(
    JSON.stringify({
      score,
      floor: floor.score,
      folders: Object.fromEntries(byFolder),
      below,
      unmeasured,
    }),
  );
} else {
  console.table(
    tallies.map(({ survived, changed, ...tally }) => ({
      ...tally,
      survived: survived.length,
      changed: changed.length,
    })),
  );
  console.log(
    `score: ${score}, floor: ${floor.score}${isWhole ? '' : ' (over all folders, all of them measured)'}`,
  );
}
if (values.survivors) for (const { survived } of tallies) for (const one of survived) console.error(one);
if (unmeasured.length > 0) {
  console.error(`not measured to the end as they stand: ${unmeasured.join(', ')}`);
  process.exitCode = 1;
}
if (below.length > 0) {
  console.error(`below the floor of test/mutation/floor.json: ${below.join(', ')}`);
  process.exitCode = 1;
} else if (values.raise) {
  const raised: Floor = {
    score: isWhole ? higher(floor.score, score) : floor.score,
    folders: {
      ...floor.folders,
      ...Object.fromEntries(measured.map(({ name, score }) => [name, higher(floor.folders[name], score)])),
    },
  };
  writeFileSync(FLOOR, `${JSON.stringify(raised, null, 2)}\n`);
}

/** In a process of its own, whose words go to stderr: stdout is for the figures. */
function mutate(name: string): void {
  const program = fileURLToPath(new URL('./mutate-folder.ts', import.meta.url));
  const { status } = spawnSync(process.execPath, [program, name], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`the run over \`${name}\` failed; what it knows is kept for the next`);
}

/** Whole percents: timeouts on a busy machine move the rest. */
function higher(floor: number | undefined, score: number): number {
  return Math.max(floor ?? 0, Math.floor(score));
}
