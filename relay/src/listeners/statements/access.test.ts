import { beforeEach, describe, expect, it } from 'vitest';
import { accessRequest, ada, asking, person, sessionOf, testApprovals } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import type { AheadAnswer, AheadOrder, StatementExplanation } from '../../gate.ts';
import type { Queries } from '../../queries/index.ts';
import type { Session } from '../../session/index.ts';
import { createPlaces } from '../../limits/places.ts';
import { shown } from '../../text/index.ts';
import type { Handlers } from '../router/handlers.ts';
import type { Router } from '../router/index.ts';
import { registerAccess } from './access.ts';
import { explanationView } from './explanation-view.ts';
import { type AccessAsked, createStatementService } from './statement-service.ts';

const explanation: StatementExplanation = {
  onlyReads: true,
  understanding: {
    type: 'understanding',
    statement: 'q',
    understood: true,
    kind: { family: 'query', name: 'select' },
    objects: [],
    outputs: [],
    problem: null,
  },
  decision: {
    type: 'decision',
    statement: 'q',
    effect: 'allow',
    rule: 'read',
    reason: shown`reading is fine`,
    sentence: shown`ada reads`,
    range: { start: 0, end: 6 },
    policyVersion: 'p',
    masks: [],
  },
  place: { start: 0, end: 6, line: 1, column: 1 },
  reasons: [],
  outputPlaces: [{ start: 7, end: 8 }],
  maskedBy: [{ output: 0, policies: ['GOV.PUBLIC.HIDE'] }],
  state: { database: 'D', schema: 'S', warehouse: null, role: 'R' },
  uses: [{ column: 'T.A', as: 'equal', by: '=', place: { start: 1, end: 2, line: 1, column: 2 } }],
  asks: null,
  error: null,
};

describe('what somebody is told of a statement that is not run', () => {
  const { type: _, statement: __, ...decision } = explanation.decision;
  const { type: ___, statement: ____, ...understanding } = explanation.understanding;
  const told = {
    version: 1,
    decision,
    understanding,
    onlyReads: true,
    place: explanation.place,
    reasons: [],
    outputPlaces: explanation.outputPlaces,
    maskedBy: explanation.maskedBy,
    session: explanation.state,
    uses: explanation.uses,
    asks: null,
    error: null,
  };

  it('is what its record would say, without its id', () => {
    expect(explanationView(explanation)).toEqual(told);
  });

  it('is who would be asked, for how long, and whether access may be asked for ahead', () => {
    const terms = {
      approvers: ['leads'],
      needed: 2,
      signed: true,
      expiresAfterSeconds: 60,
      validForSeconds: 5,
      escalate: null,
      signIn: { withinSeconds: 1, acr: null },
    };
    const asks = { approvers: ['leads'], needed: 2, signed: true, expiresAfter: 60, accessUpTo: 0 };
    expect(explanationView({ ...explanation, asks: terms })).toEqual({ ...told, asks });
    const ahead = { ...explanation, asks: { ...terms, accessUpToSeconds: 9 } };
    expect(explanationView(ahead)).toEqual({ ...told, asks: { ...asks, accessUpTo: 9 } });
  });

  it('is what running it would throw', () => {
    const error = new SluiceError('blocked', 'it stays', { advice: 'leave it', rule: 'keep' });
    expect(explanationView({ ...explanation, error })).toEqual({
      ...told,
      error: { code: 'blocked', message: 'it stays', advice: 'leave it', rule: 'keep' },
    });
  });
});

describe('access that is asked for', () => {
  const by = { identity: person('ada', [], { tokenClient: 'cli' }), address: '10.0.0.1', agent: 'copilot' };
  const { signal } = new AbortController();
  const asked: AccessAsked = {
    sql: 'DELETE FROM orders',
    bindTypes: { '1': 'FIXED' },
    purpose: 'ticket 4711',
    seconds: 60,
    from: null,
    rows: 2,
    rowsInAll: 6,
  };
  let orders: AheadOrder[];
  let states: unknown[];
  let answer: () => Promise<AheadAnswer>;
  beforeEach(() => {
    [orders, states] = [[], []];
    answer = async () => ({ outcome: 'allowed', explanation });
  });

  const service = () =>
    createStatementService({
      sessions: {
        share: async (_key, identity, client): Promise<Session> => ({ ...sessionOf(identity), client }),
      },
      queries: {} as Queries,
      explain: () => Promise.reject(new Error('nobody asks')),
      browse: () => {
        throw new Error('nobody looks');
      },
      async askAhead(order, given) {
        expect(given).toBe(signal);
        orders.push(order);
        return await answer();
      },
      places: createPlaces({ each: 1, all: 2 }, () => new SluiceError('too_many_statements', 'too many')),
      newId: () => 'new-id',
      async openingState(identity, wanted) {
        states.push([identity.subject, wanted]);
        return { ...wanted, role: wanted.role ?? 'READER' };
      },
    });

  it('is for the program that asks, in a session as it begins', async () => {
    expect(await service().askAhead(by, asked, signal)).toEqual({ outcome: 'allowed', explanation });
    const { purpose, seconds, from, rows, rowsInAll } = asked;
    expect(orders).toMatchObject([
      {
        session: { identity: { subject: 'ada' }, client: { application: 'api', agent: 'copilot' } },
        queryId: 'new-id',
        sql: asked.sql,
        bindTypes: asked.bindTypes,
        state: { role: 'READER', warehouse: null, database: null, schema: null },
      },
    ]);
    expect(orders[0]!.terms).toEqual({
      purpose,
      seconds,
      from,
      rows,
      rowsInAll,
      program: { application: 'api', protocol: 'api', agent: 'copilot', tokenClient: 'cli' },
    });
    const nothing = { role: null, warehouse: null, database: null, schema: null };
    expect(states.at(-1)).toEqual(['ada', nothing]);
  });

  const program = { application: 'JDBC', protocol: 'snowflake', agent: null } as const;
  it.each<[string, NonNullable<AccessAsked['program']>, object]>([
    ['a driver', program, { ...program, tokenClient: 'cli' }],
    ['one with another token', { ...program, tokenClient: 'ci' }, { ...program, tokenClient: 'ci' }],
    ['one with any token', { ...program, tokenClient: null }, { ...program, tokenClient: null }],
    ['one of the API', { ...program, protocol: 'api' }, { ...program, protocol: 'api', tokenClient: 'cli' }],
  ])('is for another program of the same person: %s', async (_, given, expected) => {
    const where = { role: 'R', warehouse: 'W', database: 'D', schema: 'S' };
    await service().askAhead(by, { ...asked, ...where, program: given }, signal);
    expect(orders[0]!.terms.program).toEqual(expected);
    expect([orders[0]!.state, states.at(-1)]).toEqual([where, ['ada', where]]);
  });

  it('is one of the statements that a person has under way, until it is answered', async () => {
    const statements = service();
    const waits = Promise.withResolvers<AheadAnswer>();
    answer = () => waits.promise;
    const first = statements.askAhead(by, asked, signal);
    await expect.poll(() => orders).toHaveLength(1);
    const second = statements.askAhead(by, asked, signal);
    await expect(second).rejects.toMatchObject({ code: 'too_many_statements' });
    waits.reject(new SluiceError('too_many_held', 'enough'));
    await expect(first).rejects.toMatchObject({ code: 'too_many_held' });
    answer = async () => ({ outcome: 'allowed', explanation });
    await statements.askAhead(by, asked, signal);
  });
});

describe('the routes of access', () => {
  async function handlers(answer: AheadAnswer, calls: unknown[]): Promise<Handlers<'access'>> {
    let served: unknown = null;
    const router: Router = {
      serve: async (_group, given) => void (served = given),
      complete: () => {},
    };
    const desk = await testApprovals();
    await registerAccess(router, {
      statements: {
        async askAhead(by, order) {
          calls.push([by, order]);
          return answer;
        },
      },
      approvals: {
        async withdraw(by, id) {
          calls.push([by.subject, id]);
          return await desk.approvals.askAhead(accessRequest(), asking);
        },
      },
    });
    return served as Handlers<'access'>;
  }
  const request = { ip: '10.0.0.9' };
  const body = { agent: 'copilot', sql: 'SELECT 1' };
  const gone = new AbortController().signal;

  it('answer what people are asked, or that nobody is', async () => {
    const { approvals } = await testApprovals();
    const approval = await approvals.askAhead(accessRequest(), asking);
    const calls: unknown[] = [];
    const { ask } = await handlers({ outcome: 'asked', approval }, calls);
    expect(await ask({ by: ada, body, request, gone } as never)).toMatchObject({
      status: 201,
      body: { id: approval.id, kind: 'access' },
    });
    expect(calls).toEqual([[{ identity: ada, address: '10.0.0.9', agent: 'copilot' }, body]]);
    const allowed = await handlers({ outcome: 'allowed', explanation }, []);
    expect(await allowed.ask({ by: ada, body, request, gone } as never)).toEqual({
      status: 200,
      body: explanationView(explanation),
    });
  });

  it('take back what somebody asked for', async () => {
    const calls: unknown[] = [];
    const { cancel } = await handlers({ outcome: 'allowed', explanation }, calls);
    expect(await cancel({ by: ada, params: { id: 'a1' } } as never)).toMatchObject({
      status: 200,
      body: { kind: 'access' },
    });
    expect(calls).toEqual([['ada', 'a1']]);
  });
});
