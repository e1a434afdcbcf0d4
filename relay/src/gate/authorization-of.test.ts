import { describe, expect, it } from 'vitest';
import type { StatementAssessment } from './assess-statement.ts';
import { authorizationOf, sameAsOf } from './authorization.ts';
import type { Leave } from './parts.ts';

const planned = { plan: { kind: 'query' }, problem: null };
const objects = [{ type: 'table', name: 'T', access: 'read', fingerprint: 'f' }] as const;

/** As an assessment is, in the parts that are looked at. */
function assessed(change: object = {}): StatementAssessment {
  return {
    outcome: 'understood',
    understanding: { understood: true, kind: { family: 'query', name: 'select' }, outputs: [] },
    decision: { effect: 'allow', rule: 'read', limits: {} },
    planned,
    used: [],
    forApproval: { objects, bindsMayBeShown: true },
    surroundings: { state: { role: 'ANALYST' } },
    asOf: 7,
    policy: { version: 'p' },
    generation: 3,
    ...change,
  } as unknown as StatementAssessment;
}

const leave: Leave = {
  objects,
  rows: 4,
  use: async () => {},
  settle: async () => {},
};

describe('an authorization', () => {
  it.each(['allow', 'mask', 'ask'])(
    'is what a decision comes to that says %s, before anybody was asked',
    (effect) => {
      const decision = { effect };
      const { outcome: _, ...assessment } = assessed({ decision });
      expect(authorizationOf(assessed({ decision }))).toEqual({ ...assessment, leave: null });
    },
  );

  it.each<[string, object]>([
    ['that is refused', { decision: { effect: 'block' } }],
    ['that is not understood', { outcome: 'not_understood' }],
    ['of which nothing would run', { planned: null }],
  ])('is never for a statement %s, whatever else is said of it', (_, change) => {
    expect(authorizationOf(assessed(change))).toBeNull();
  });
});

describe('an authorization, looked at anew', () => {
  const before = authorizationOf(assessed())!;
  const withLeave = { ...before, leave };

  it('goes on when it means the same and is decided alike: as what it is now', () => {
    const later = assessed({ asOf: 9, policy: { version: 'q' }, used: [{ version: '2' }] });
    expect(sameAsOf(before, later)).toEqual({ ...authorizationOf(later), leave: null });
    expect(sameAsOf(withLeave, later)).toEqual({ ...authorizationOf(later), leave });
  });

  it.each<[string, object]>([
    ['in a session that another relay has changed', { generation: 4 }],
    ['as another statement', { understanding: { understood: true, outputs: [{ name: 'X' }] } }],
    ['under another decision', { decision: { effect: 'allow', rule: 'other', limits: {} } }],
    ['refused', { decision: { effect: 'block' } }],
    ['with nothing that would run', { planned: null }],
  ])('does not go on: %s', (_, change) => {
    expect(sameAsOf(before, assessed(change))).toBeNull();
    expect(sameAsOf(withLeave, assessed(change))).toBeNull();
  });

  it('does not go on by leave of people who were shown other objects, or who would be shown none', () => {
    const others = { objects: [{ ...objects[0], fingerprint: 'g' }], bindsMayBeShown: true };
    for (const forApproval of [others, null]) {
      expect(sameAsOf(withLeave, assessed({ forApproval }))).toBeNull();
      expect(sameAsOf(before, assessed({ forApproval }))).not.toBeNull();
    }
  });
});
