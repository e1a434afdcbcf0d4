import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { signIn } from '../test/support/wire.ts';
import { type Benchmark, percentile } from './benchmark.ts';
import type { StatementRelayStarted, StatementWork } from './statement-relay.ts';

/** What one small SELECT that nobody is asked about may cost its relay. */
const BUDGET = {
  /** Its intent, and its outcome. */
  commits: 2,
  /** Every statement of the store stays prepared: the second SELECT needs none. */
  prepares: 0,
};

const ROUNDS = 200;
const SQL = 'SELECT ID, EMAIL, CITY FROM CUSTOMERS WHERE ID = 7';

/**
 * One small masked SELECT by the driver protocol, over and over: the commits and prepared statements that the store of its relay takes
 * for each, and how long it takes beside the same bytes through a bare Node proxy. Commits are counted twice: where
 * the store makes them, and in SQLite's write-ahead log, where each commit marks its last page, whoever made it.
 * The process exits with 1 above the budget.
 */
export const statement: Benchmark = async () => {
  const { child, told, ask } = await startRelay();
  try {
    const direct = await signIn(told.url, told.token);
    const { data } = await direct.query(SQL);
    if (data?.['returned'] !== 1) throw new Error('the statement does not answer with one row');
    await ask({ answer: JSON.stringify({ success: true, code: null, message: null, data }) });
    const proxied = async () => await (await fetch(told.proxyUrl, { method: 'POST', body: SQL })).text();

    const relayMs: number[] = [];
    const proxyMs: number[] = [];
    const works: StatementWork[] = [];
    for (let round = -20; round < ROUNDS; round += 1) {
      const before = await ask('work');
      const relayTook = await timed(() => direct.query(SQL));
      const after = await ask('work');
      const proxyTook = await timed(proxied);
      if (round < 0) continue;
      relayMs.push(relayTook);
      proxyMs.push(proxyTook);
      works.push({
        commits: after.commits - before.commits,
        walCommits: after.walCommits - before.walCommits,
        prepares: after.prepares - before.prepares,
      });
    }
    const commonly = (of: (work: StatementWork) => number) => percentile(works.map(of), 0.5);
    // Of what the relay does beside, a round may see some: a checkpoint is due once a minute.
    const commits = Math.max(
      commonly((work) => work.commits),
      commonly((work) => work.walCommits),
    );
    const prepares = commonly((work) => work.prepares);
    if (commits > BUDGET.commits || prepares > BUDGET.prepares) {
      console.error(`above its budget of ${BUDGET.commits} commits and ${BUDGET.prepares} prepares`);
      process.exitCode = 1;
    }
    return {
      name: 'statement',
      figures: {
        commits,
        commitsMost: Math.max(...works.map((work) => work.walCommits)),
        prepares,
        preparesMost: Math.max(...works.map((work) => work.prepares)),
        roundTripMedianMs: percentile(relayMs, 0.5),
        roundTripP99Ms: percentile(relayMs, 0.99),
        proxyMedianMs: percentile(proxyMs, 0.5),
      },
      ratios: { roundTripVsProxy: percentile(relayMs, 0.5) / percentile(proxyMs, 0.5) },
    };
  } finally {
    child.kill('SIGKILL');
  }
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A relay, and what the proxy stands before, in a process of their own. */
async function startRelay() {
  const path = new URL('statement-relay.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! });
  const [first] = (await once(lines, 'line')) as [string];
  return {
    child,
    told: JSON.parse(first) as StatementRelayStarted,
    async ask(order: 'work' | { readonly answer: string }): Promise<StatementWork> {
      const answered = once(lines, 'line');
      child.stdin!.write(`${JSON.stringify(order)}\n`);
      const [line] = (await answered) as [string];
      return JSON.parse(line) as StatementWork;
    },
  };
}
