import { parseArgs } from 'node:util';
import { controls } from './controls.ts';
import { createLockstep } from '../lockstep.ts';
import { reduce } from '../reduce.ts';
import { policyWithFiles } from '../relay-in-process.ts';
import { openShopWorlds } from '../shop-worlds.ts';
import { focusesOn } from '../statements/features.ts';
import { generateSession } from '../statements/sessions.ts';

/** In a process of its own: sends statements until the worlds differ, and prints the smallest that make them. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    statements: { type: 'string' },
    floor: { type: 'boolean' },
  },
});

const about = focusesOn(controls.get(process.env['WORLDS_WITHOUT'] ?? '')?.about ?? []);
const worlds = await openShopWorlds();
const lockstep = createLockstep(worlds, await policyWithFiles(), { floor: values.floor === true });
const most = Number(values.statements);
let statements = 0;
let found: { readonly what: string; readonly sql: readonly string[] } | null = null;
for (let seed = Number(values.seed); found === null && statements < most; seed += 1) {
  const { subject, orders } = generateSession(seed, 10, worlds.samples, about);
  const report = await lockstep.run({ subject, orders });
  statements += report.counts.statements;
  const [difference] = report.differences;
  if (difference === undefined) continue;
  const small = await reduce(lockstep, subject, report.orders, difference, 120);
  found = { what: small.what, sql: small.orders.map(({ sql }) => sql) };
}
await worlds.close();
console.log(JSON.stringify({ statements, found }));
