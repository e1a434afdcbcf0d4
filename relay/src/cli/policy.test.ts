import { expect, it } from 'vitest';
import { identityId } from '../identity/index.ts';
import { loadPolicy, NO_USAGE, type Policy } from '../policy/index.ts';
import type { Understood } from '@sluice/snowflake-sql';
import { checkPolicyCommand, testPolicyCommand } from './policy.ts';
import {
  formatChange,
  simulatePolicy,
  type ChangedDecision,
  type RecordedStatement,
} from '../rehearsal/index.ts';

const POLICY = `version: 1
tags: { pii: ['*.*.*.EMAIL'] }
rules:
  - { name: read, effect: allow, when: { kinds: [query] } }
`;

it('checks a policy: every problem with its place, or what it holds', () => {
  const check = (text: string) =>
    printed((print) => checkPolicyCommand({ file: 'p.yaml', text, json: false }, print));
  expect(check(POLICY)).toEqual([0, expect.stringMatching(/^p\.yaml: good, 1 rule, version [0-9a-f]{12}$/)]);
  expect(check('version: 2\nrules: 1')).toEqual([
    1,
    'p.yaml:1:1: expected `1`, found `2` (at `version`)',
    'p.yaml:2:1: expected a list, found `1` (at `rules`)',
    'p.yaml: 2 problems',
  ]);
});

it('tests a policy by the cases beside it', () => {
  const test = (expectation: string) =>
    printed((print) =>
      testPolicyCommand(
        { policy: { file: 'p', text: POLICY }, cases: { file: 'c', text: cases(expectation) }, json: false },
        () => [READING],
        print,
      ),
    );
  expect(test('{ effect: mask, rule: read, masks: { E: redact } }')).toEqual([0, '1 case, 0 failed']);
  expect(test('{ effect: allow, rule: other, masks: {} }')).toEqual([
    1,
    expect.stringMatching(/^failed: emails: expected allow, was mask \(masked: .*\)$/),
    'failed: emails: expected rule `other`, was `read`',
    'failed: emails: expected masks {}, were {"E":"redact"}',
    '1 case, 1 failed',
  ]);
  expect(test('{ effect: maybe }')).toEqual([
    1,
    'c:8:15: expected `allow`, `mask`, `ask` or `block`, found `maybe` (at `cases[0].expect.effect`)',
  ]);
});

it('prints a report for programs', () => {
  const check = (text: string) =>
    printed((print) => checkPolicyCommand({ file: 'p.yaml', text, json: true }, print));
  const [code, line, ...more] = check(POLICY);
  expect([code, more, JSON.parse(line as string)]).toEqual([
    0,
    [],
    { file: 'p.yaml', policy: { version: expect.stringMatching(/^[0-9a-f]{64}$/), rules: 1 }, problems: [] },
  ]);
  const [failed, report] = check('version: 2\nrules: 1');
  expect([failed, JSON.parse(report as string)]).toEqual([
    1,
    {
      file: 'p.yaml',
      policy: null,
      problems: [
        { line: 1, column: 1, path: 'version', message: 'expected `1`, found `2`' },
        { line: 2, column: 1, path: 'rules', message: 'expected a list, found `1`' },
      ],
    },
  ]);

  const test = (expectation: string) =>
    printed((print) =>
      testPolicyCommand(
        { policy: { file: 'p', text: POLICY }, cases: { file: 'c', text: cases(expectation) }, json: true },
        () => [READING],
        print,
      ),
    );
  const parsed = ([code, text]: readonly unknown[]) => [code, JSON.parse(text as string)];
  expect(parsed(test('{ effect: mask, rule: read }'))).toEqual([
    0,
    { problems: [], cases: [{ name: 'emails', failures: [] }] },
  ]);
  expect(parsed(test('{ effect: mask, rule: other }'))).toEqual([
    1,
    { problems: [], cases: [{ name: 'emails', failures: ['expected rule `other`, was `read`'] }] },
  ]);
  expect(parsed(test('{ effect: maybe }'))).toEqual([
    1,
    { problems: [expect.objectContaining({ file: 'c', line: 8, column: 15 })], cases: [] },
  ]);
});

it('simulates another policy on what was recorded', async () => {
  const changes: ChangedDecision[] = [];
  const recorded = [
    recordedAs('mask', 'read', [{ output: 0, method: 'redact' }]),
    recordedAs('allow', 'read', []),
    recordedAs('block', 'default', []),
    recordedAs('mask', 'read', [{ output: 0, method: 'token' }]),
    recordedAs('mask', 'read', [
      { output: 0, method: 'redact' },
      { output: 1, method: 'redact' },
    ]),
  ];
  const outcome = await simulatePolicy(load(POLICY), streamOf(recorded), (change) => changes.push(change));
  expect(outcome).toEqual({ statements: 5, changed: 4, stricter: 1, looser: 2 });
  expect(changes.map(({ direction }) => direction)).toEqual(['stricter', 'looser', 'other', 'looser']);
  expect(formatChange(changes[0]!)).toMatch(
    /^stricter  allow \(read\) -> mask \(read\): "SELECT EMAIL AS E\\n {2}FROM CUSTOMERS"\n/,
  );
});

const RANGE = { start: 0, end: 1 };
const EMAIL = { object: { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' }, column: 'EMAIL' };
const READING: Understood = {
  understood: true,
  kind: { family: 'query', name: 'select' },
  range: RANGE,
  objects: [],
  outputs: [{ name: 'E', sources: [{ column: EMAIL, how: 'direct' }], range: RANGE }],
  uses: [],
  functions: [],
  flows: [],
  writes: [],
  missingWhere: false,
  opaque: [],
  inner: [],
  sessionEffects: [],
};

function cases(expectation: string): string {
  return `database: SHOP
schema: PUBLIC
tables: { SHOP.PUBLIC.CUSTOMERS: { EMAIL: VARCHAR } }
cases:
  - name: emails
    as: { groups: [developers] }
    sql: SELECT EMAIL AS E FROM CUSTOMERS
    expect: ${expectation}
`;
}

function recordedAs(
  effect: 'allow' | 'mask' | 'block',
  rule: string,
  masks: RecordedStatement['was']['masks'],
): RecordedStatement {
  return {
    statement: 'id',
    person: { id: 'i|ada', name: 'Ada' },
    sql: 'SELECT EMAIL AS E\n  FROM CUSTOMERS',
    meaning: READING,
    was: { effect, rule, masks },
    context: {
      identity: {
        id: identityId('i', 'ada'),
        issuer: 'i',
        subject: 'ada',
        name: 'Ada',
        groups: [],
        kind: 'person',
      },
      client: { application: 'x', protocol: 'api', agent: null },
      state: { role: null },
      now: 0,
      usage: NO_USAGE,
      tags: { tagsOf: () => [] },
      breakGlass: null,
      floor: true,
    },
  };
}

async function* streamOf<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

function load(text: string): Policy {
  const { policy, problems } = loadPolicy(text);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  return policy;
}

function printed(run: (print: (text: string) => void) => number): readonly (string | number)[] {
  const lines: string[] = [];
  const code = run((text) => lines.push(text));
  return [code, ...lines];
}
