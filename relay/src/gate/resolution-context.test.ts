import { describe, expect, it } from 'vitest';
import { resolutionContext, type SessionContext } from './session-context.ts';

const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' };
const context = { variables: new Map(), results: new Map() } as unknown as SessionContext;

describe('what names mean in a session', () => {
  it('is its database and schema, if it has any, its variables and its results', () => {
    const { variables, results } = context;
    expect(resolutionContext(state, context, {})).toEqual({
      database: 'SHOP',
      schema: 'PUBLIC',
      variables,
      results,
      binds: new Map(),
      bindTexts: new Map(),
    });
    const bare = resolutionContext({ ...state, database: null, schema: null }, context, {});
    expect(Object.keys(bare).sort()).toEqual(['bindTexts', 'binds', 'results', 'variables']);
  });

  it.each([
    ['TEXT', 'text'],
    ['FIXED', 'number'],
    ['REAL', 'number'],
    ['BOOLEAN', 'boolean'],
    ['BINARY', 'binary'],
    ['DATE', 'DATE'],
    ['TIME', 'TIME'],
    ['TIMESTAMP_NTZ', 'TIMESTAMP_NTZ'],
    ['TIMESTAMP_LTZ', 'TIMESTAMP_LTZ'],
    ['TIMESTAMP_TZ', 'TIMESTAMP_TZ'],
    ['TIMESTAMP', 'unknown'],
    ['UPDATE', 'unknown'],
    ['ANY', 'unknown'],
  ])('a bind of type %s is a %s', (type, family) => {
    const { binds } = resolutionContext(state, context, { '1': { type, value: null } });
    expect([...(binds ?? [])]).toEqual([['1', family]]);
  });
});
