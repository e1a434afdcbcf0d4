import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { documented } from './functions.ts';
import { measureTruth, type Outcome } from './measure.ts';

/**
 * `npm run -s truth -- [--json] [--wrong] [--write]`: the embedded warehouse against the results that Snowflake documents. Exits
 * with 1 when one is wrong. `--wrong` lists those that are wrong or missing; `--write` writes what passes into the documentation.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    wrong: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const outcomes = await measureTruth();
const count = (is: Outcome['is']) => outcomes.filter((one) => one.is === is).length;
const summary = {
  cases: outcomes.length,
  right: count('right'),
  wrong: count('wrong'),
  missing: count('missing'),
};
if (values.json) console.log(JSON.stringify(summary));
else console.table(summary);
if (values.wrong) {
  for (const { is, topic, line, text, expected, got } of outcomes) {
    if (is !== 'right')
      console.log(`${is}: ${topic}.txt:${line}: ${text}\n  expected ${expected}\n  got      ${got}`);
  }
}
if (values.write) {
  const { made, url } = documented(outcomes);
  writeFileSync(url, made);
}
process.exitCode = summary.wrong === 0 ? 0 : 1;
