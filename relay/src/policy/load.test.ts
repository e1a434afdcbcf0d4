import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyJsonSchema } from './json-schema.ts';
import { loadPolicy } from './load.ts';
import { formatProblem } from '../yaml/index.ts';

const problems = (text: string) =>
  (loadPolicy(text).problems ?? []).map((problem) => formatProblem('p', problem));

describe('problems', () => {
  it.each([
    ['nothing', '', ['p:1:1: expected settings by name (a mapping), found nothing']],
    ['broken YAML', 'version: 1\nrules: [', [expect.stringMatching(/^p:2:9: /)]],
    ['a key twice', 'version: 1\nversion: 1\nrules: []', ['p:2:1: expected each key once']],
    ['a missing section', 'version: 1', ['p:1:1: missing: expected a list (at `rules`)']],
    ['a misspelt setting', 'version: 1\nrules: []\ntag: {}', ['p:3:1: unknown setting `tag` (at `tag`)']],
    [
      'a misspelt condition',
      rule('{ group: [a] }'),
      ['p:2:43: unknown setting `group` (at `rules[0].when.group`)'],
    ],
    [
      'a condition that a permitting rule cannot have',
      rule('{ missing_where: true }'),
      ['p:2:43: unknown setting `missing_where` (at `rules[0].when.missing_where`)'],
    ],
    [
      'an effect that is none',
      'version: 1\nrules: [{ name: r, effect: deny, when: {} }]',
      ['p:2:20: expected `allow`, `mask`, `ask` or `block`, found `deny` (at `rules[0].effect`)'],
    ],
    ['a type', rule('{ groups: a }'), ['p:2:43: expected a list, found `a` (at `rules[0].when.groups`)']],
    [
      'an empty list',
      rule('{ groups: [] }'),
      ['p:2:43: expected at least 1 entry, found an empty list (at `rules[0].when.groups`)'],
    ],
    [
      'a pattern',
      'version: 1\ntags: { pii: [EMAIL] }\nrules: []',
      [
        'p:2:15: expected `DATABASE.SCHEMA.TABLE.COLUMN` in `EMAIL`, found 1 of its four parts (at `tags.pii[0]`)',
      ],
    ],
    [
      'a tag that is not there',
      rule('{ uses: [{ tags: [pii] }] }'),
      ['p:2:59: expected a tag of the `tags` section, found `pii` (at `rules[0].when.uses[0].tags[0]`)'],
    ],
    [
      'approvers that are not there',
      'version: 1\nrules: [{ name: r, effect: ask, reason: x, when: {}, approvers: constructor }]',
      ['p:2:54: expected a name of the `approvers` section, found `constructor` (at `rules[0].approvers`)'],
    ],
    [
      'a default that asks nobody',
      'version: 1\ndefaults: { uses: ask }\nrules: []',
      ['p:2:1: missing: expected `approvers`, as a default asks (at `defaults`)'],
    ],
    [
      'a limit that asks nobody',
      'version: 1\nlimits: [{ name: l, per: day, rows: 1, on_excess: ask }]\nrules: []',
      ['p:2:10: missing: expected `approvers`, as the limit asks (at `limits[0]`)'],
    ],
    [
      'a limit of nothing',
      'version: 1\nlimits: [{ name: l, per: day, on_excess: stop }]\nrules: []',
      ['p:2:10: expected `rows` or `bytes` (at `limits[0]`)'],
    ],
    [
      'break-glass for everybody',
      'version: 1\nbreak_glass: [{ name: b, lifts: [ask] }]\nrules: []',
      ['p:2:15: expected `groups` or `people`: break-glass is for named people (at `break_glass[0]`)'],
    ],
    [
      'a time zone',
      'version: 1\ntimezone: Mars/Base\nrules: []',
      ['p:2:1: expected a time zone such as `Europe/Berlin`, found `Mars/Base` (at `timezone`)'],
    ],
    [
      'a time of day',
      rule('{ during: { from: "9", to: "25:00" } }'),
      [expect.stringContaining('expected a time of day such as `08:00`'), expect.stringContaining('08:00')],
    ],
    [
      'a size',
      'version: 1\nlimits: [{ name: l, per: day, bytes: 5, on_excess: stop }]\nrules: []',
      ['p:2:31: expected text, found `5` (at `limits[0].bytes`)'],
    ],
    [
      'a name twice',
      'version: 1\nrules: [{ name: r, effect: allow, when: {} }, { name: r, effect: allow, when: {} }]',
      ['p:2:49: expected a name of its own, `r` is taken (at `rules[1].name`)'],
    ],
    ['aliases without end', `version: 1\nrules: &a [*a]`, [expect.stringMatching(/^p:/)]],
  ])('names line, column and what is expected: %s', (_title, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it.each([
    [
      'limits: [{ name: l, per: year, rows: 1, on_excess: stop }]',
      'expected `statement`, `session` or `day`, found `year` (at `limits[0].per`)',
    ],
    [
      'limits: [{ name: l, per: day, rows: 0, on_excess: stop }]',
      'expected more than 0, found `0` (at `limits[0].rows`)',
    ],
    [
      'limits: [{ name: l, per: day, rows: 1.5, on_excess: stop }]',
      'expected a whole number, found `1.5` (at `limits[0].rows`)',
    ],
    [
      'limits: [{ name: l, per: day, rows: x, on_excess: stop }]',
      'expected a number, found `x` (at `limits[0].rows`)',
    ],
    [
      'approvers: { a: { groups: [b], needed: 11 } }',
      'expected at most 10, found `11` (at `approvers.a.needed`)',
    ],
    [
      'approvers: { a: { groups: [b], needed: 0 } }',
      'expected at least 1, found `0` (at `approvers.a.needed`)',
    ],
    [
      'approvers: { a: { groups: [b], signed: 5 } }',
      'expected `true` or `false`, found `5` (at `approvers.a.signed`)',
    ],
    [
      'approvers: { a: { groups: [b], valid_for: 5y } }',
      'expected a duration such as `90s`, `15m`, `8h` or `7d`, found "5y" (at `approvers.a.valid_for`)',
    ],
    [
      'approvers: { "a!": { groups: [b] } }',
      'expected a name of letters, digits, spaces, `_`, `-` and `.`, found "a!" (at `approvers.a!`)',
    ],
    ['approvers: { a: 5 }', 'expected settings by name (a mapping), found `5` (at `approvers.a`)'],
    ['approvers: { a: {} }', 'missing: expected a list (at `approvers.a.groups`)'],
    [
      'defaults: { unresolved: maybe }',
      'expected `redact`, `block` or `ask`, or settings by name (a mapping), found `maybe` (at `defaults.unresolved`)',
    ],
    [
      'defaults: { unresolved: { detect: [] } }',
      'expected at least 1 entry, found an empty list (at `defaults.unresolved.detect`)',
    ],
    [
      'tags: { t: [] }, masks: { tags: { t: { method: hide } } }',
      'expected `redact`, `null`, `constant`, `partial`, `token`, `date`, `number` or `detect`, found `hide` (at `masks.tags.t.method`)',
    ],
    [
      'tags: { t: [] }, masks: { tags: { t: { method: partial } } }',
      'expected `keep_first` or `keep_last` of at least 1; use `redact` to keep nothing (at `masks.tags.t`)',
    ],
    [
      `tags: { t: [] }, masks: { tags: { t: { method: constant, value: ${'x'.repeat(201)} } } }`,
      `expected at most 200 characters, found "${'x'.repeat(40)}" (… 161 more characters) (at \`masks.tags.t.value\`)`,
    ],
    [
      'tags: { t: [] }, masks: { tags: { t: { method: redact, uses: { group: word } } } }',
      'expected `token` or `blank`, found settings by name (a mapping) (at `masks.tags.t.uses`)',
    ],
    [
      'break_glass: [{ name: "", groups: [a], lifts: [ask] }]',
      'expected a name of letters, digits, spaces, `_`, `-` and `.`, found an empty text (at `break_glass[0].name`)',
    ],
    [
      'break_glass: [{ name: b, people: [""], lifts: [ask] }]',
      'expected at least 1 character, found an empty text (at `break_glass[0].people[0]`)',
    ],
    [
      'snowflake_tags: { PII: x }',
      'expected a tag and its value such as `PII=EMAIL`, found `PII` (at `snowflake_tags.PII`)',
    ],
    ['tag: {}, tagss: {}', 'unknown setting `tag` (at `tag`)'],
  ])('say what is expected: %s', (sections, expected) => {
    expect(problems(`{ version: 1, rules: [], ${sections} }`)[0]?.replace(/^p:1:\d+: /, '')).toBe(expected);
  });

  it('come in the order of the text, not of the schema, on one line as well', () => {
    const wrong = ['rules: [{}]', 'limits: {}', 'tags: []', 'version: 2'];
    expect(problems(wrong.join('\n')).map((line) => line.split(' ')[0])).toEqual([
      'p:1:9:',
      'p:2:1:',
      'p:3:1:',
      'p:4:1:',
    ]);
    expect(problems('{ tags: [], version: 2, rules: [] }').map((line) => line.split(' ')[0])).toEqual([
      'p:1:3:',
      'p:1:13:',
    ]);
  });

  it('say each unknown setting, at its key', () => {
    expect(problems('version: 1\nrules: []\ntag: {}\ntagss: {}')).toEqual([
      'p:3:1: unknown setting `tag` (at `tag`)',
      'p:4:1: unknown setting `tagss` (at `tagss`)',
    ]);
  });

  it('stand at the nearest thing that is there', () => {
    expect(problems('version: 1\nrules:\n  - name: r\n    effect: block\n    when: {}')).toEqual([
      'p:3:5: missing: expected text (at `rules[0].reason`)',
    ]);
    expect(problems('version: 1\nrules:\n  - 5')).toEqual([expect.stringMatching(/^p:3:5: expected /)]);
    expect(problems('# a comment\nversion: 1')).toEqual(['p:2:1: missing: expected a list (at `rules`)']);
  });

  it('come all at once, in the order of the text', () => {
    expect(problems('version: 2\ntags: []\nrules: [{}]').map((line) => line.slice(0, 5))).toEqual([
      'p:1:1',
      'p:2:1',
      'p:3:9',
    ]);
  });
});

it('takes the content for the version', () => {
  const version = (text: string) => loadPolicy(text).policy?.version;
  expect(version('{version: 1, rules: []}')).toMatch(/^[0-9a-f]{64}$/);
  expect(version('{version: 1, rules: []}')).not.toBe(version('{version: 1, rules: [] }'));
});

it('has its JSON Schema committed as it is', () => {
  const committed: unknown = JSON.parse(
    readFileSync(new URL('../../policy.schema.json', import.meta.url), 'utf8'),
  );
  expect(committed, 'write it anew with: npx sluice policy schema').toEqual(policyJsonSchema());
});

function rule(when: string): string {
  return `version: 1\nrules: [{ name: r, effect: allow, when: ${when} }]`;
}
