import { describe, expect, it } from 'vitest';
import { identityId } from '../identity/index.ts';
import { rolesOf } from './roles.ts';
import { column, policyOf, table } from './statement-fixtures.ts';

describe('a mask as written', () => {
  const compiled = (mask: string) =>
    policyOf(`{ version: 1, tags: { pii: [] }, masks: { tags: { pii: ${mask} } }, rules: [] }`).tagMasks.get(
      'pii',
    );

  it.each([
    ['{ method: redact }', { method: 'redact' }],
    ['{ method: "null" }', { method: 'null' }],
    ['{ method: null }', { method: 'null' }],
    ['{ method: constant, value: gone }', { method: 'constant', value: 'gone' }],
    ['{ method: partial, keep_last: 4 }', { method: 'partial', keepFirst: 0, keepLast: 4 }],
    ['{ method: partial, keep_first: 2 }', { method: 'partial', keepFirst: 2, keepLast: 0 }],
    ['{ method: token }', { method: 'token', domain: 'pii' }],
    ['{ method: token, domain: people }', { method: 'token', domain: 'people' }],
    ['{ method: date, to: quarter }', { method: 'date', to: 'quarter' }],
    ['{ method: number, step: 100 }', { method: 'number', step: 100 }],
    ['{ method: detect, detectors: [iban, jwt] }', { method: 'detect', detectors: ['iban', 'jwt'] }],
  ])('%s', (mask, policy) => {
    // What is made of a value shows nothing of it, unless the mask says so.
    expect(compiled(mask)).toEqual({ policy, expressions: 'redact', aggregates: 'redact', uses: new Map() });
  });

  it.each([
    ['expressions: mask', { expressions: 'mask', aggregates: 'redact' }],
    ['aggregates: allow', { expressions: 'redact', aggregates: 'allow' }],
    ['expressions: mask, aggregates: mask', { expressions: 'mask', aggregates: 'mask' }],
  ])('%s', (derived, expected) => {
    expect(compiled(`{ method: redact, ${derived} }`)).toMatchObject(expected);
  });

  it.each([
    ['token', { group: 'token', join: 'token' }],
    [
      'blank',
      {
        compare: 'blank',
        equal: 'blank',
        join: 'blank',
        group: 'blank',
        order: 'blank',
        window: 'blank',
        argument: 'blank',
      },
    ],
    ['{ group: token, order: blank }', { group: 'token', order: 'blank' }],
  ])('uses: %s', (uses, expected) => {
    expect(Object.fromEntries(compiled(`{ method: token, uses: ${uses} }`)!.uses)).toEqual(expected);
  });

  it('of a column has the column for its domain, and matches no other', () => {
    const { columnMasks } = policyOf(
      '{ version: 1, masks: { columns: { SHOP.PUBLIC.T.C: { method: token } } }, rules: [] }',
    );
    expect(columnMasks[0]!.mask.policy).toEqual({ method: 'token', domain: 'SHOP.PUBLIC.T.C' });
    expect(['T.C', 'T.D', 'U.C'].map((name) => columnMasks[0]!.matches(column(name)))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('of a rule counts for that rule', () => {
    const { rules } = policyOf(`
version: 1
tags: { pii: [] }
rules: [{ name: r, effect: mask, when: {}, masks: { pii: { method: token } } }]`);
    const [rule] = rules;
    expect(rule).toMatchObject({ effect: 'mask', reason: 'masked by rule `r`' });
    expect(rule?.effect === 'mask' && rule.masks.get('pii')?.policy).toEqual({
      method: 'token',
      domain: 'pii',
    });
  });
});

describe('who may approve', () => {
  const terms = (approvers: string) => {
    const { rules } = policyOf(`
version: 1
approvers: { leads: ${approvers} }
rules: [{ name: r, effect: ask, reason: x, when: {}, approvers: leads }]`);
    return rules[0]?.effect === 'ask' ? rules[0].ask : null;
  };

  it('is one person, unsigned, for an hour and then ten minutes, unless it says so', () => {
    expect(terms('{ groups: [leads] }')).toEqual({
      approvers: ['leads'],
      needed: 1,
      expiresAfterSeconds: 3600,
      validForSeconds: 600,
      escalate: null,
      signed: false,
      signIn: { withinSeconds: 3600, acr: null },
    });
  });

  it('is on the terms that are written, in seconds', () => {
    const written =
      '{ groups: [leads, owners], needed: 2, signed: true, expires_after: 90s, valid_for: 7d, grant_up_to: 8h, grant_rows: 50, escalate: { after: 15m, to: [board] }, sign_in: { within: 5m, acr: [phr] } }';
    expect(terms(written)).toEqual({
      approvers: ['leads', 'owners'],
      needed: 2,
      signed: true,
      expiresAfterSeconds: 90,
      validForSeconds: 604_800,
      grantUpToSeconds: 28_800,
      grantRows: 50,
      signIn: { withinSeconds: 300, acr: ['phr'] },
      escalate: { afterSeconds: 900, to: ['board'] },
    });
  });

  it('of the defaults are those of the defaults', () => {
    const asking = policyOf(
      '{ version: 1, approvers: { leads: { groups: [leads] } }, defaults: { opaque: ask, approvers: leads }, rules: [] }',
    );
    expect(asking.defaults).toMatchObject({
      uses: 'block',
      flows: 'block',
      opaque: 'ask',
      unresolved: 'redact',
      ask: { approvers: ['leads'] },
    });
    expect(policyOf('{ version: 1, rules: [] }').defaults).toEqual({
      uses: 'block',
      flows: 'block',
      opaque: 'block',
      unresolved: 'redact',
      ask: null,
    });
  });
});

it('what is revealed may be every tag, where there is none yet', () => {
  const { rules } = policyOf('{ version: 1, rules: [{ name: r, effect: allow, when: {}, reveal: ["*"] }] }');
  expect(rules[0]?.effect === 'allow' && rules[0].reveals('pii')).toBe(true);
});

describe('a limit', () => {
  const limit = (parts: string) =>
    policyOf(`
version: 1
approvers: { leads: { groups: [leads] } }
rules: []
limits: [{ name: l, per: day, ${parts} }]`).limits[0];

  it.each([
    ['bytes: 5B', 5],
    ['bytes: 5KB', 5_000],
    ['bytes: 20MB', 20_000_000],
    ['bytes: 1GB', 1_000_000_000],
  ])('of %s', (bytes, expected) => {
    expect(limit(`${bytes}, on_excess: stop`)).toMatchObject({
      per: 'day',
      rows: null,
      bytes: expected,
      ask: null,
    });
  });

  it('of rows, that people may lift', () => {
    expect(limit('rows: 5, on_excess: ask, approvers: leads')).toMatchObject({
      rows: 5,
      bytes: null,
      ask: { approvers: ['leads'] },
    });
    // Whom it names, it asks only where it says that it asks.
    expect(limit('rows: 5, on_excess: stop, approvers: leads')?.ask).toBeNull();
  });
});

describe('roles', () => {
  const roles = (groups: readonly string[], mappings: string) =>
    rolesOf(policyOf(`{ version: 1, rules: [], roles: ${mappings} }`), { groups });
  const TWO =
    '[{ groups: ["dev*"], roles: [analyst, Dev], default: dev }, { groups: [leads], roles: [lead] }]';

  it.each([
    [['developers'], TWO.replace('default: dev', 'default: Dev'), ['ANALYST', 'DEV'], 'DEV'],
    [['leads'], TWO.replace(', default: dev', ''), ['LEAD'], 'LEAD'],
    [['developers', 'leads'], TWO.replace(', default: dev', ''), ['ANALYST', 'DEV', 'LEAD'], 'ANALYST'],
    [['guests'], TWO.replace(', default: dev', ''), [], null],
    [
      ['leads', 'developers'],
      '[{ groups: [leads], roles: [lead] }, { groups: [developers], roles: [a, b], default: b }]',
      ['LEAD', 'A', 'B'],
      'B',
    ],
  ])('of %j', (groups, mappings, expected, standard) => {
    const allowed = roles(groups, mappings);
    expect([...(allowed?.roles ?? [])]).toEqual(expected);
    expect(allowed?.default).toBe(standard);
  });

  it('are none that may be chosen when none are mapped', () => {
    expect(rolesOf(policyOf('{ version: 1, rules: [] }'), { groups: ['developers'] })).toBeNull();
  });
});

describe('names', () => {
  it('of functions that are declared may be patterns', () => {
    const { declared } = policyOf(
      '{ version: 1, declare: { functions: ["SHOP.PUBLIC.F*", SHOP.PUBLIC.G] }, rules: [] }',
    );
    expect(['FX', 'G', 'H'].map((name) => declared(table(name)))).toEqual([true, true, false]);
  });

  it('of imported tags stand for tags of the policy, as many as match', () => {
    const { importedTags } = policyOf(
      '{ version: 1, tags: { pii: [], email: [] }, snowflake_tags: { "PII=*": pii, "pii=EMAIL": email }, rules: [] }',
    );
    expect(importedTags('PII', 'EMAIL')).toEqual(['pii', 'email']);
    expect(importedTags('PII', 'PHONE')).toEqual(['pii']);
    expect(importedTags('COST', 'EMAIL')).toEqual([]);
  });

  it('of tags cover paths, wildcards and what is known from elsewhere', () => {
    const { tagsOf } = policyOf(
      '{ version: 1, tags: { mail: ["*.*.*.EMAIL", "SHOP.PUBLIC.T.DOC:a.mail"], all: ["SHOP.PUBLIC.U.*"] }, rules: [] }',
    );
    const imported = { tagsOf: () => [{ tag: 'imported' }] };
    const none = { tagsOf: () => [] };
    expect(tagsOf(column('T.EMAIL'), none)).toEqual([{ tag: 'mail' }]);
    expect(tagsOf(column('T.DOC'), none)).toEqual([{ tag: 'mail', path: ['a', 'mail'] }]);
    expect(tagsOf(column('U.EMAIL'), imported)).toEqual([
      { tag: 'mail' },
      { tag: 'all' },
      { tag: 'imported' },
    ]);
    expect(tagsOf(column('T.NAME'), none)).toEqual([]);
  });

  it('of break-glass people are subjects, with or without their issuer', () => {
    const { breakGlass } = policyOf(
      '{ version: 1, tags: { pii: [] }, break_glass: [{ name: b, people: [ada], lifts: [ask], reveal: [pii] }, { name: c, groups: [leads], lifts: [block] }], rules: [] }',
    );
    const named = (subject: string) => {
      const issuer = 'https://issuer.test';
      const id = identityId(issuer, subject);
      return { id, issuer, subject, name: subject, groups: [], kind: 'person' } as const;
    };
    expect(breakGlass[0]!.who.people?.(named('ada'))).toBe(true);
    expect(breakGlass[0]!.who.people?.(named('ADA'))).toBe(false);
    expect(breakGlass[0]!.who.people?.(named('bob'))).toBe(false);
    expect(breakGlass[0]).toMatchObject({ name: 'b', lifts: ['ask'] });
    expect(['pii', 'other'].map((tag) => breakGlass[0]!.reveals(tag))).toEqual([true, false]);
    expect(breakGlass[1]!.who.groups?.('leads')).toBe(true);
    expect(breakGlass[1]!.reveals('pii')).toBe(false);
  });
});
