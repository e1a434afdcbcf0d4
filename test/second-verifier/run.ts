import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCorpus } from './corpus.ts';
import { recordADay } from './record-a-day.ts';
import { askBoth, disagreements, findPython } from './two-verifiers.ts';

/**
 * `npm run -s tamper -- --count N --seed N`: tampers with each of several exports N times, and prints what the two
 * verifiers do not agree about. Exits 1 if there is anything; then what it wrote is kept.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now()) },
  },
});
const found = await findPython();
if ('missing' in found) throw new Error(found.missing);
const folder = mkdtempSync(join(tmpdir(), 'sluice-tampered-'));
const day = await recordADay(folder);
const options = { seed: Number(values.seed), count: Number(values.count), day };
const corpus = await writeCorpus(found.python, join(folder, 'corpus'), options);
const differ = disagreements(await askBoth(found.python, corpus));
for (const disagreement of differ) console.log(disagreement);
console.log(`${corpus.length} exports, ${differ.length} disagreements, seed ${options.seed}`);
if (differ.length === 0) rmSync(folder, { recursive: true });
process.exitCode = differ.length === 0 ? 0 : 1;
