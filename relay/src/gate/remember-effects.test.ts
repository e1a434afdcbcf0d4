import { describe, expect, it } from 'vitest';
import { ada, sessionOf } from '../approval/testing.ts';
import type { SessionEffect, Understanding, Understood, VariableOrigin } from '@sluice/snowflake-sql';
import { inMemoryWarehouse } from '../../../test/support/in-memory-warehouse.ts';
import { forgetEffects, rememberEffects, rememberShape } from './remember-effects.ts';
import { createSessionContexts, resolutionContext } from './session-context.ts';
import type { ResultColumn } from '../warehouse/index.ts';
import type { StatementRequest } from './statement-request.ts';

const session = sessionOf(ada);
const newContext = () =>
  createSessionContexts({
    warehouse: inMemoryWarehouse(() => {}).warehouse,
    sessions: { context: async () => null },
    changes: { follow: () => () => {} },
    relays: { self: 'this', isThere: async () => false },
  }).of(session);
const request = (queryId = 'q'): StatementRequest => ({
  session,
  queryId,
  requestId: 'r',
  sql: '',
  binds: {},
  describeOnly: false,
  prompt: null,
});
const range = { start: 0, end: 1 };
const understanding = (
  sessionEffects: readonly SessionEffect[],
  inner: readonly Understanding[] = [],
): Understood => ({
  understood: true,
  kind: { family: 'query', name: 'select' },
  range,
  objects: [],
  outputs: [{ name: 'A', sources: [], range }],
  uses: [],
  writes: [],
  functions: [],
  flows: [],
  missingWhere: false,
  opaque: [],
  inner,
  sessionEffects,
});
const source = {
  column: { object: { database: 'D', schema: 'S', name: 'T' }, column: 'C' },
  how: 'direct',
} as const;
const set = (name: string, literal?: string): SessionEffect => ({
  type: 'set_variable',
  name,
  sources: [source],
  ...(literal === undefined ? {} : { literal }),
});
const unset = (name: string): SessionEffect => ({ type: 'unset_variable', name });
const origin: VariableOrigin = { sources: [], setBy: 'before' };

describe('what later statements mean by a variable', () => {
  it('is what it was made of, and by which statement', () => {
    const context = newContext();
    rememberEffects(
      request(),
      understanding([set('X'), set('Y', 'CUSTOMERS')]),
      context,
      new Set(['X', 'Y']),
    );
    expect([...context.variables]).toEqual([
      ['X', { sources: [source], setBy: 'q' }],
      ['Y', { sources: [source], setBy: 'q', literal: 'CUSTOMERS' }],
    ]);
  });

  it('is what a statement inside made of it', () => {
    const context = newContext();
    rememberEffects(request(), understanding([], [understanding([set('X')])]), context, new Set(['X']));
    expect(context.variables.has('X')).toBe(true);
  });

  it('is nothing any more once it was unset, by a statement or by the warehouse', () => {
    const context = newContext();
    for (const name of ['X', 'Y', 'Z']) context.variables.set(name, origin);
    rememberEffects(request(), understanding([unset('X')]), context, new Set(['X', 'Z']));
    expect([...context.variables.keys()]).toEqual(['Z']);
  });

  it('is nothing of a role that is chosen', () => {
    const context = newContext();
    context.variables.set('X', origin);
    rememberEffects(
      request(),
      understanding([{ type: 'use', what: 'role', name: 'X' }]),
      context,
      new Set(['X']),
    );
    expect([...context.variables]).toEqual([['X', origin]]);
  });
});

describe('after a failure', () => {
  it('nobody can tell what the statement’s variables are made of; others stay', () => {
    const context = newContext();
    for (const name of ['X', 'Y', 'Z']) context.variables.set(name, origin);
    forgetEffects(understanding([set('X'), unset('Y')]), context, new Set(['X', 'Y']));
    expect([...context.variables.keys()]).toEqual(['Y']);
    expect(context.results.size).toBe(0);
  });
});

it('as many earlier results are known as are remembered: the oldest is forgotten', () => {
  const context = newContext();
  for (let count = 0; count < 1_001; count += 1)
    rememberEffects(request(`q${count}`), understanding([]), context, new Set());
  expect(context.results.size).toBe(1_000);
  expect([context.results.has('q0'), context.results.has('q1'), context.results.has('q1000')]).toEqual([
    false,
    true,
    true,
  ]);
  expect(context.results.get('q1000')?.outputs).toMatchObject([{ name: 'A' }]);
});

describe('what names mean in a session', () => {
  const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' };
  it('is by its database and schema, when it has some', () => {
    expect(resolutionContext(state, newContext(), {})).toMatchObject({ database: 'SHOP', schema: 'PUBLIC' });
    const bare = resolutionContext({ ...state, database: null, schema: null }, newContext(), {});
    expect(bare).not.toHaveProperty('database');
    expect(bare).not.toHaveProperty('schema');
  });

  it('and by its variables, earlier results and the types of bound values', () => {
    const context = newContext();
    const types = [
      'TEXT',
      'FIXED',
      'REAL',
      'BOOLEAN',
      'BINARY',
      'DATE',
      'TIME',
      'TIMESTAMP_NTZ',
      'VARIANT',
      'UPDATE',
    ];
    const binds = Object.fromEntries(types.map((type, index) => [String(index + 1), { type, value: '1' }]));
    const resolution = resolutionContext(state, context, binds);
    expect(resolution.variables).toBe(context.variables);
    expect(resolution.results).toBe(context.results);
    expect([...(resolution.binds ?? [])]).toEqual([
      ['1', 'text'],
      ['2', 'number'],
      ['3', 'number'],
      ['4', 'boolean'],
      ['5', 'binary'],
      ['6', 'DATE'],
      ['7', 'TIME'],
      ['8', 'TIMESTAMP_NTZ'],
      ['9', 'unknown'],
      ['10', 'unknown'],
    ]);
  });
});

describe('the columns of an earlier result', () => {
  const column = (name: string): ResultColumn => ({
    name,
    type: 'text',
    nullable: true,
    precision: null,
    scale: null,
    length: 10,
  });
  const remembered = (...names: readonly string[]) => {
    const context = newContext();
    const outputs = [{ name: 'A', sources: [source], range }];
    context.results.set('q', { outputs, types: [] });
    rememberShape('q', names.map(column), context);
    return context.results.get('q');
  };

  it('are called as the client has them, and are of the types that it has', () => {
    expect(remembered('B')).toEqual({
      outputs: [{ name: 'B', sources: [source], range }],
      types: ['VARCHAR(10)'],
    });
  });

  it('are made of what is not known, where they are others than were understood', () => {
    expect(remembered('B', 'C')?.outputs).toEqual([
      { name: 'B', sources: [], range: { start: 0, end: 0 } },
      { name: 'C', sources: [], range: { start: 0, end: 0 } },
    ]);
  });

  it('are those of no result that is not remembered', () => {
    const context = newContext();
    rememberShape('q', [column('B')], context);
    expect(context.results.size).toBe(0);
  });
});
