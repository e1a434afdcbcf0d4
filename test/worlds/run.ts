import { parseArgs } from 'node:util';
import { runWorlds } from './report.ts';
import { controls } from './taken-out/controls.ts';
import { takeOut } from './taken-out/taken-out.ts';

/**
 * `npm run -s worlds -- [--json] [--seed N] [--statements N] [--without-floor] [--reduced N]`: two warehouses that
 * differ only in sensitive values get the same statements, and must answer alike. Exits with 1 when they do not.
 *
 * `npm run -s worlds -- --taken-out [NAME] [--json]`: the same without one control at a time, or the one of that name:
 * now they must not. Exits with 1 when they do.
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
  },
});

if (values['taken-out']) await reportTakenOut(positionals.length > 0 ? positionals : [...controls.keys()]);
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

async function reportTakenOut(names: readonly string[]): Promise<void> {
  const options = { seed: Number(values.seed), statements: Number(values.statements ?? 8_000) };
  for await (const taken of takeOut(names, options)) {
    if (values.json) console.log(JSON.stringify(taken));
    else {
      const { name, statements, found } = taken;
      const sql = found === null ? 'not found' : `${found.what} differs: ${found.sql.join('; ')}`;
      console.log(`${name} (${statements} statements): ${sql}`);
    }
    if (taken.found === null) process.exitCode = 1;
  }
}
