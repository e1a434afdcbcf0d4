import { expect, it } from 'vitest';
import { warehouseFunctions } from './relay-in-process.ts';
import { runWorlds, type WorldsReport } from './report.ts';
import { coveredFunctions } from './statements/function-forms.ts';

/** A few thousand a run, half with the floor and half without; `npm run worlds` takes as long as it is told. */
const STATEMENTS = Number(process.env['WORLDS_STATEMENTS'] ?? 1_500);

it.each([
  { floor: true, seed: 1 },
  { floor: false, seed: 100_001 },
])(
  'two worlds that differ only in sensitive values answer alike (floor: $floor)',
  { timeout: 600_000 },
  async (run) => {
    const report = await runWorlds({ ...run, statements: STATEMENTS, reduced: 3 });
    expect(report.found.map(textOf)).toEqual([]);
    expect(report.differences).toBe(0);
    // Refusing everything would keep every secret too.
    expect(report.telling).toBeGreaterThan(report.statements / 4);
  },
);

it('every function of the embedded warehouse takes part', () => {
  expect(warehouseFunctions().filter((name) => !coveredFunctions.has(name))).toEqual([]);
});

function textOf({ seed, what, sql, left, right }: WorldsReport['found'][number]): string {
  return `seed ${seed}, ${what}: ${sql.join('; ')}\n${left}\n${right}`;
}
