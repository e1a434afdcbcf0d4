import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyJsonSchema } from './json-schema.ts';
import { loadPolicy } from './load.ts';
import { formatProblem } from './yaml-document.ts';

const problems = (text: string) =>
  (loadPolicy(text).problems ?? []).map((problem) => formatProblem('p', problem));

describe('problems', () => {
  it.each([
    ['nothing', '', ['p:1:1: expected settings by name (a mapping)']],
    ['broken YAML', 'version: 1\nrules: [', [expect.stringMatching(/^p:2:9: /)]],
    ['a key twice', 'version: 1\nversion: 1\nrules: []', [expect.stringMatching(/^p:2:1: .*unique/)]],
    ['a missing section', 'version: 1', ['p:1:1: missing: expected a list (at `rules`)']],
    ['a misspelt setting', 'version: 1\nrules: []\ntag: {}', ['p:3:1: unknown setting `tag` (at `tag`)']],
    [
      'a misspelt condition',
      rule('{ group: [a] }'),
      ['p:2:43: unknown setting `group` (at `rules[0].when.group`)'],
    ],
    [
      'a condition that a rule that lets through cannot have',
      rule('{ missing_where: true }'),
      ['p:2:43: unknown setting `missing_where` (at `rules[0].when.missing_where`)'],
    ],
    [
      'an effect that is none',
      'version: 1\nrules: [{ name: r, effect: deny, when: {} }]',
      ['p:2:20: expected one of `allow`, `mask`, `ask`, `block` (at `rules[0].effect`)'],
    ],
    ['a type', rule('{ groups: a }'), ['p:2:43: expected a list (at `rules[0].when.groups`)']],
    [
      'an empty list',
      rule('{ groups: [] }'),
      ['p:2:43: expected at least 1 entry (at `rules[0].when.groups`)'],
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
      ['p:2:31: expected text (at `limits[0].bytes`)'],
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
  expect(committed, 'write it anew with: npx sluice policy schema').toEqual(
    JSON.parse(JSON.stringify(policyJsonSchema())),
  );
});

function rule(when: string): string {
  return `version: 1\nrules: [{ name: r, effect: allow, when: ${when} }]`;
}
