import type { Explanation } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { explainedFindings, syntaxFindings } from './findings.ts';
import { readScript } from './script.ts';

/** An explanation of the second statement of a text; places are given by the text that they are of. */
function explained(
  sql: string,
  parts: (at: (text: string) => { start: number; end: number; line: number; column: number }) => object,
): Explanation {
  const at = (text: string) => ({
    start: sql.indexOf(text),
    end: sql.indexOf(text) + text.length,
    line: 1,
    column: 1,
  });
  return {
    version: 1,
    decision: {
      effect: 'allow',
      rule: 'read',
      reason: '',
      sentence: '',
      range: at(sql),
      policyVersion: 'p',
      masks: [],
    },
    understanding: {
      understood: true,
      kind: { family: 'query', name: 'select' },
      objects: [],
      outputs: [],
      problem: null,
    },
    onlyReads: true,
    place: at(sql),
    reasons: [],
    outputPlaces: [],
    session: { database: 'SHOP', schema: 'PUBLIC', warehouse: null, role: null },
    uses: [],
    asks: null,
    error: null,
    ...parts(at),
  };
}

const FIRST = "select '😀';\r\n\t";

function findingsIn(sql: string, parts: Parameters<typeof explained>[1], createdBefore = 0) {
  const text = FIRST + sql;
  const statement = { start: FIRST.length, end: text.length, broken: false, createdBefore };
  return explainedFindings(explained(sql, parts), text, statement).map(
    ({ start, end, kind, severity, message, rule }) => ({
      text: text.slice(start, end),
      kind,
      severity,
      message,
      rule,
    }),
  );
}

describe('what the relay says is marked where it lies', () => {
  it('a predicate on a masked column, each one of several, with a form that passes', () => {
    const sql = "select id from customers\r\nwhere email like 'a%'";
    const found = findingsIn(sql, (at) => ({
      decision: { ...explained(sql, () => ({})).decision, effect: 'block', rule: 'uses' },
      uses: [{ column: 'C.EMAIL', as: 'compare', place: at("email like 'a%'") }],
      reasons: [
        {
          effect: 'block',
          rule: 'uses',
          reason: 'it would tell',
          place: at("email like 'a%'"),
          advice: 'leave it',
        },
        { effect: 'block', rule: 'keep', reason: 'it stays', place: at('customers') },
        { effect: 'block', rule: 'default', reason: 'no rule lets it', place: at('customers') },
      ],
    }));
    expect(found).toEqual([
      {
        text: "email like 'a%'",
        kind: 'predicate',
        severity: 'error',
        message: 'Blocked by rule uses: it would tell\nTo pass: leave it',
        rule: 'uses',
      },
      {
        text: 'customers',
        kind: 'blocked',
        severity: 'error',
        message: 'Blocked by rule keep: it stays',
        rule: 'keep',
      },
    ]);
  });

  it('what people are asked about, with who they are', () => {
    const found = findingsIn('delete from orders', (at) => ({
      decision: { ...explained('', () => ({})).decision, effect: 'ask' },
      asks: { approvers: ['leads', 'security'] },
      reasons: [
        { effect: 'ask', rule: 'change', reason: 'a person agrees', place: at('delete from orders') },
      ],
    }));
    expect(found).toEqual([
      {
        text: 'delete from orders',
        kind: 'approval',
        severity: 'warning',
        message: 'Needs approval by leads, security (rule change): a person agrees',
        rule: 'change',
      },
    ]);
  });

  it('masked columns, one mark for all of a star', () => {
    const decision = { ...explained('', () => ({})).decision, effect: 'mask', rule: 'read' };
    const outputs = ['ID', 'A', 'B', 'E'].map((name) => ({ name, sources: [], unresolved: false }));
    const found = findingsIn('select t.*, email as e from t', (at) => ({
      decision: {
        ...decision,
        masks: [
          { output: 1, method: 'token', because: 'pii' },
          { output: 2, method: 'redact', because: 'pii' },
          { output: 3, method: 'token', because: 'mail' },
        ],
      },
      understanding: { ...explained('', () => ({})).understanding, outputs },
      outputPlaces: [at('t.*'), at('t.*'), at('t.*'), at('email as e')],
    }));
    expect(found.map(({ text, kind, message }) => [text, kind, message])).toEqual([
      ['t.*', 'masked', '2 columns come back masked: A, B: pii'],
      ['email as e', 'masked', 'E comes back masked (token): mail'],
    ]);
  });

  it('what is not there, and what an earlier statement may make', () => {
    const parts = (at: (text: string) => object) => ({
      decision: { ...explained('', () => ({})).decision, effect: 'block' },
      error: { code: 'object_unknown', message: "Object 'X' does not exist or not authorized", advice: '' },
      reasons: [{ effect: 'block', rule: 'not-understood', reason: 'r', place: at('x') }],
    });
    expect(findingsIn('select 1 from x', parts)).toMatchObject([
      { text: 'x', kind: 'unknown', severity: 'error' },
    ]);
    expect(findingsIn('select 1 from x', parts, 1)).toMatchObject([
      { severity: 'information', message: expect.stringContaining('unless a statement before it') },
    ]);
  });

  it('what runs on tokens, where it is used', () => {
    const found = findingsIn('select count(*) from c group by email', (at) => ({
      decision: {
        ...explained('', () => ({})).decision,
        computedOn: { rows: { on: 'tokens', because: 'S.P.C.EMAIL (pii.email)' }, outputs: [] },
      },
      uses: [{ column: 'S.P.C.EMAIL', as: 'group', place: at('email') }],
    }));
    expect(found).toMatchObject([{ text: 'email', kind: 'substituted' }]);
  });
});

it('a mistake at the end of a text is marked on its last character', () => {
  const text = 'select 1 from \r\n';
  const [found] = syntaxFindings(readScript(text), text);
  expect(found).toMatchObject({ kind: 'syntax', severity: 'error', rule: null });
  expect(text.slice(found!.start, found!.end)).toBe('m');
});
