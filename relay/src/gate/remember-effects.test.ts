import { describe, expect, it } from 'vitest';
import { ada, sessionOf } from '../approval/testing.ts';
import type { SessionEffect, Understanding, Understood, VariableOrigin } from '@sluice/snowflake-sql';
import { inMemoryWarehouse } from '../../../test/support/in-memory-warehouse.ts';
import { forgetEffects, rememberEffects } from './remember-effects.ts';
import { createSessionRooms, resolutionContext } from './session-rooms.ts';
import type { StatementRequest } from './statement-request.ts';

const session = sessionOf(ada);
const roomOf = () => createSessionRooms(inMemoryWarehouse(() => {}).warehouse).of(session);
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
const meaning = (
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
    const room = roomOf();
    rememberEffects(request(), meaning([set('X'), set('Y', 'CUSTOMERS')]), room, new Set(['X', 'Y']));
    expect([...room.variables]).toEqual([
      ['X', { sources: [source], setBy: 'q' }],
      ['Y', { sources: [source], setBy: 'q', literal: 'CUSTOMERS' }],
    ]);
  });

  it('is what a statement inside made of it', () => {
    const room = roomOf();
    rememberEffects(request(), meaning([], [meaning([set('X')])]), room, new Set(['X']));
    expect(room.variables.has('X')).toBe(true);
  });

  it('is nothing any more once it was unset, by a statement or by the warehouse', () => {
    const room = roomOf();
    for (const name of ['X', 'Y', 'Z']) room.variables.set(name, origin);
    rememberEffects(request(), meaning([unset('X')]), room, new Set(['X', 'Z']));
    expect([...room.variables.keys()]).toEqual(['Z']);
  });

  it('is nothing of a role that is chosen', () => {
    const room = roomOf();
    room.variables.set('X', origin);
    rememberEffects(request(), meaning([{ type: 'use', what: 'role', name: 'X' }]), room, new Set(['X']));
    expect([...room.variables]).toEqual([['X', origin]]);
  });
});

describe('after a failure', () => {
  it('nobody can tell what the statement’s variables are made of; others stay', () => {
    const room = roomOf();
    for (const name of ['X', 'Y', 'Z']) room.variables.set(name, origin);
    forgetEffects(meaning([set('X'), unset('Y')]), room, new Set(['X', 'Y']));
    expect([...room.variables.keys()]).toEqual(['Y']);
    expect(room.results.size).toBe(0);
  });
});

it('as many earlier results are known as are remembered: the oldest is forgotten', () => {
  const room = roomOf();
  for (let count = 0; count < 1_001; count += 1)
    rememberEffects(request(`q${count}`), meaning([]), room, new Set());
  expect(room.results.size).toBe(1_000);
  expect([room.results.has('q0'), room.results.has('q1'), room.results.has('q1000')]).toEqual([
    false,
    true,
    true,
  ]);
  expect(room.results.get('q1000')?.outputs).toMatchObject([{ name: 'A' }]);
});

describe('what names mean in a session', () => {
  const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' };
  it('is by its database and schema, when it has some', () => {
    expect(resolutionContext(state, roomOf(), {})).toMatchObject({ database: 'SHOP', schema: 'PUBLIC' });
    const bare = resolutionContext({ ...state, database: null, schema: null }, roomOf(), {});
    expect(bare).not.toHaveProperty('database');
    expect(bare).not.toHaveProperty('schema');
  });

  it('and by its variables, earlier results and the families of bound values', () => {
    const room = roomOf();
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
    const context = resolutionContext(state, room, binds);
    expect(context.variables).toBe(room.variables);
    expect(context.results).toBe(room.results);
    expect([...(context.binds ?? [])]).toEqual([
      ['1', 'text'],
      ['2', 'number'],
      ['3', 'number'],
      ['4', 'boolean'],
      ['5', 'binary'],
      ['6', 'time'],
      ['7', 'time'],
      ['8', 'time'],
      ['9', 'unknown'],
      ['10', 'unknown'],
    ]);
  });
});
