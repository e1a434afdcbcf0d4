import { describe, expect, it } from 'vitest';
import { inPublic } from './testing.ts';
import { allTold, forgotten } from './accounting.ts';
import { newBudget } from '../budget.ts';
import { NOTHING } from './origin.ts';
import { strand } from './rope.ts';
import { baseOf, sourceOf } from './sources.ts';
import { createGrowth } from '../growth.ts';
import { type Flow, newFlow, numbered, relation } from './state.ts';
import { failing, used } from './tells.ts';

const at = { start: 0, end: 9 };

/** A flow of one column reference that was visited, and its value. */
function visited() {
  const flow = newFlow(
    newBudget(1_000),
    1,
    new Map(),
    () => undefined,
    createGrowth(() => new Map()),
  );
  flow.account.visited.add(0);
  const base = baseOf(flow.bases, { object: inPublic('P'), column: 'SSN' });
  const value = { ...NOTHING, sources: [sourceOf(base, 'direct')], references: strand(0) };
  return { flow, value };
}

function missing(flow: Flow, values: Parameters<typeof forgotten>[2] = []) {
  return forgotten(flow, [], values, at)?.message;
}

describe('what was visited turns up again, or the statement is not understood', () => {
  const lost = 'part of the statement was not analysed';

  it('a reference that went into nothing', () => {
    const { flow, value } = visited();
    expect(missing(flow)).toBe(lost);
    expect(missing(flow, [value])).toBeUndefined();
  });

  it('a reference that was never visited', () => {
    const flow = newFlow(
      newBudget(1_000),
      1,
      new Map(),
      () => undefined,
      createGrowth(() => new Map()),
    );
    expect(missing(flow, [{ ...NOTHING, references: strand(0) }])).toBe(lost);
  });

  it('a column that nobody reads is accounted for by its relation', () => {
    const { flow, value } = visited();
    relation(flow, [{ value, kind: 'text' }], null);
    expect(missing(flow)).toBeUndefined();
  });

  it('a query whose value went into nothing', () => {
    const { flow, value } = visited();
    const query = numbered(flow, NOTHING);
    expect(missing(flow, [value])).toBe(lost);
    expect(missing(flow, [value, query])).toBeUndefined();
  });

  it.each([
    ['a use', used],
    ['a failing', (flow: Flow, value: Parameters<typeof used>[1]) => failing(flow, value, at)],
  ])('%s that never reached the statement', (_, note) => {
    const { flow, value } = visited();
    const tells = note(flow, value, 'compare', at);
    expect(forgotten(flow, [], [value], at)?.message).toBe(lost);
    expect(forgotten(flow, allTold(flow, tells), [value], at)).toBeNull();
  });
});
