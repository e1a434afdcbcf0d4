import { parseArgs } from 'node:util';
import { runWorlds } from './report.ts';
import { controls } from './taken-out/controls.ts';
import { keep, summaryOf } from './taken-out/found.ts';
import { type TakenOut, takeOut } from './taken-out/taken-out.ts';

/**
 * `npm run -s worlds -- [--json] [--seed N] [--statements N] [--without-floor] [--reduced N]`: two warehouses that
 * differ only in sensitive values get the same statements, and must answer alike. Exits with 1 when they do not.
 *
 * `npm run -s worlds -- --taken-out [all | NAME ...] [--json] [--keep]`: the same without one control at a time: now they
 * must not. Exits with 1 when they do. `--keep` writes down how each was found (taken-out/found.json).
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '20261121' },
    statements: { type: 'string' },
    'taken-out': { type: 'boolean', default: false },
    'without-floor': { type: 'boolean', default: false },
    reduced: { type: 'string', default: '25' },
    keep: { type: 'boolean', default: false },
  },
});

if (values['taken-out']) await reportTakenOut(positionals);
else await reportWorlds();

async function reportWorlds(): Promise<void> {
  const report = await runWorlds({
    seed: Number(values.seed),
    statements: Number(values.statements ?? 20_000),
    floor: !values['without-floor'],
    reduced: Number(values.reduced),
  });
  if (values.json) console.log(JSON.stringify(report));
  else {
    const { found, ...figures } = report;
    console.table(figures);
    for (const { seed, what, sql, left, right } of found) {
      console.log(`\nseed ${seed}: ${what} differs\n  ${sql.join(';\n  ')}\n    ${left}\n    ${right}`);
    }
  }
  process.exitCode = report.differences === 0 ? 0 : 1;
}

async function reportTakenOut(asked: readonly string[]): Promise<void> {
  const seen = [...controls.keys()].filter((name) => controls.get(name)?.unseen === undefined);
  const names = asked.length === 0 || asked.includes('all') ? seen : asked;
  const options = { seed: Number(values.seed), statements: Number(values.statements ?? 8_000) };
  const all: TakenOut[] = [];
  for await (const taken of takeOut(names, options)) {
    all.push(taken);
    const { name, statements, found } = taken;
    const sql = found === null ? 'not found' : `${found.what} differs: ${found.sql.join('; ')}`;
    // Each takes minutes.
    console.error(`${name} (${statements} statements): ${sql}`);
    if (values.keep) await keep(taken);
    if (found === null) process.exitCode = 1;
  }
  if (values.json) console.log(JSON.stringify(summaryOf(all)));
}
