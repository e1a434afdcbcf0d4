import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { parse, type ParsedStatement } from '@sluice/snowflake-sql';
import { groups } from '../evasions/groups.ts';
import { type DemoDecision, demoDecision } from '../support/demo-decision.ts';

let demo: DemoDecision;
beforeAll(async () => {
  demo = await demoDecision();
});

/** Every statement of the evasions that parses: hostile ones are the ones to reformat. */
const statements = Object.values(groups)
  .flat()
  .flatMap(({ sql }) => sql)
  .map((sql) => parse(sql))
  .filter((parsed) => parsed.outcome === 'parsed');

const gap = fc.constantFrom(' ', '\n', '\t', '\r\n', ' /* SELECT */ ', ' -- FROM x\n', ' // y\n', '  ');

it('white space, comments and the case of words never change a decision', () => {
  expect(statements.length).toBeGreaterThan(200);
  fc.assert(
    fc.property(
      fc.constantFrom(...statements),
      fc.array(gap, { minLength: 7, maxLength: 7 }),
      fc.boolean(),
      (parsed, gaps, lower) => {
        expect(outcome(reformatted(parsed, gaps, lower))).toEqual(outcome(parsed.source));
      },
    ),
    { seed: 20261121, numRuns: Number(process.env['PROPERTY_RUNS'] ?? 500) },
  );
});

it('the name of an alias never changes a decision', () => {
  const name = fc.stringMatching(/^[A-Z][A-Z_]{0,12}$/).map((text) => `A_${text}`);
  fc.assert(
    fc.property(name, name, (table, column) => {
      const sql = (t: string, c: string) =>
        `SELECT ${t}.CARD_NUMBER AS ${c}, ${t}.ID FROM CUSTOMERS AS ${t} WHERE ${t}.CITY = 'Berlin' ORDER BY ${t}.ID`;
      expect(outcome(sql(table, column))).toEqual(outcome(sql('T', 'C')));
    }),
    { seed: 20261121, numRuns: 200 },
  );
});

function outcome(sql: string) {
  return demo.decide(sql).map((decision) => ({
    effect: decision.effect,
    rule: decision.rule,
    masks: 'masks' in decision ? decision.masks.map(({ output, policy }) => [output, policy]) : [],
  }));
}

/** The same tokens with other things between them. Names inside a VARIANT keep their case: there it matters. */
function reformatted(
  { tokens, firstToken, endToken, source }: ParsedStatement,
  gaps: readonly string[],
  lower: boolean,
) {
  let text = '';
  for (let index = firstToken; index < endToken; index += 1) {
    const token = source.slice(tokens.starts[index], tokens.ends[index]);
    const between = source.slice(
      index > firstToken ? tokens.ends[index - 1] : tokens.starts[index],
      tokens.starts[index],
    );
    const joined = between === '' && index > firstToken ? '' : (gaps[index % gaps.length] ?? ' ');
    const word =
      tokens.kinds[index] === 'word' && lower && !source.includes(':') ? token.toLowerCase() : token;
    text += joined + word;
  }
  return text;
}
