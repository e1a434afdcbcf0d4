import { addCounts, type Counts, createLockstep, type Difference, NO_COUNTS } from './lockstep.ts';
import { reduce } from './reduce.ts';
import { policyWithFiles } from './relay-in-process.ts';
import { openShopWorlds } from './shop-worlds.ts';
import { generateSession } from './statements/sessions.ts';
import { measureUseful } from './useful.ts';

export interface WorldsOptions {
  /** The first session's; each one after it has the next number. */
  readonly seed: number;
  readonly statements: number;
  readonly floor: boolean;
  /** How many differences are made smaller; it takes some seconds each. */
  readonly reduced: number;
}

/** What came out of one run, as `npm run -s worlds -- --json` prints it. */
export interface WorldsReport extends Omit<Counts, 'telling'> {
  readonly seed: number;
  readonly floor: boolean;
  /** Of the allowed ones, those that answered with more than nothing, nulls and stars. */
  readonly telling: number;
  readonly differences: number;
  readonly found: readonly Found[];
  /** Of everyday questions, the share that is answered unasked. */
  readonly useful: number;
}

export interface Found {
  /** Of the session: `--seed` with it begins with this session. */
  readonly seed: number;
  readonly subject: string;
  readonly what: Difference['what'];
  /** The statements, in order; the last is the one that differs. */
  readonly sql: readonly string[];
  readonly left: string;
  readonly right: string;
}

/** Statements in one session. */
const LENGTH = 10;
const SHOWN = 300;

/** Sends that many generated statements to both worlds; the same options give the same report. */
export async function runWorlds(options: WorldsOptions): Promise<WorldsReport> {
  const worlds = await openShopWorlds();
  const lockstep = createLockstep(worlds, await policyWithFiles(), { floor: options.floor });
  let counts = NO_COUNTS;
  let differences = 0;
  const found: Found[] = [];
  for (let seed = options.seed; counts.statements < options.statements; seed += 1) {
    const { subject, orders } = generateSession(seed, LENGTH, worlds.samples);
    const report = await lockstep.run({ subject, orders });
    counts = addCounts(counts, report.counts);
    differences += report.differences.length;
    for (const difference of report.differences) {
      const small =
        found.length < options.reduced
          ? await reduce(lockstep, subject, report.orders, difference)
          : { ...difference, orders: report.orders.slice(0, difference.index + 1) };
      found.push({
        seed,
        subject,
        what: small.what,
        sql: small.orders.map(({ sql, describeOnly }) => (describeOnly ? `${sql} -- describe only` : sql)),
        ...parting(small.left, small.right),
      });
    }
  }
  await worlds.close();
  const { share } = await measureUseful({ floor: options.floor });
  return { seed: options.seed, floor: options.floor, ...counts, differences, useful: share, found };
}

/** From a little before where the two part. */
function parting(left: string, right: string): { readonly left: string; readonly right: string } {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const from = Math.max(0, at - 40);
  return { left: left.slice(from, from + SHOWN), right: right.slice(from, from + SHOWN) };
}
