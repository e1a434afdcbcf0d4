import { createRelayClient, type EventBody, type RelayClient } from '@sluice/contract';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../relay/src/cli/cli.ts';
import { explainRunning } from '../../relay/src/cli/explain-running.ts';

let demo: Demo;
let ada: RelayClient;
beforeAll(async () => {
  demo = await startDemo({ customers: 20 });
  ada = createRelayClient({ url: demo.relay.url, token: await demo.tokenFor('ada') });
});
afterAll(() => demo.close());

/** Everything on the record of what ada does over the API. */
async function recorded(): Promise<readonly EventBody[]> {
  const { sessions } = await ada.sessions.list();
  const events: EventBody[] = [];
  for (const { session } of sessions) {
    for await (const event of await ada.sessions.events({ params: { id: session } })) {
      if ('body' in event) events.push(event.body);
    }
  }
  return events;
}

const withoutPlace = (event: EventBody | undefined) => {
  const { type: _type, statement: _statement, ...rest } = { statement: '', ...event! };
  return rest;
};

describe.each([
  ['is masked', 'SELECT ID, CARD_NUMBER FROM CUSTOMERS', 'mask'],
  ['is let through', 'SELECT COUNT(*) FROM ORDERS', 'allow'],
  ['is asked about', "UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 3", 'ask'],
  ['is refused', 'DROP TABLE ORDERS', 'block'],
  ['names what is not there', 'SELECT A FROM NOWHERE', 'block'],
  ['is no SQL', 'SELEC 1', 'block'],
])('a statement that %s', (_, sql, effect) => {
  it('is explained as its own record would say, and nothing runs', async () => {
    const before = (await recorded()).map((event) => JSON.stringify(event));
    const told = await ada.statements.explain({ body: { sql } });
    expect(told.decision.effect).toBe(effect);
    const added = (await recorded()).filter((event) => !before.includes(JSON.stringify(event)));
    const notices = added.filter((event) => event.type === 'notice' && event.what === 'explained');
    expect(notices).toMatchObject([
      { detail: { effect, rule: told.decision.rule, sql: expect.stringMatching(/^\w{64}$/) } },
    ]);
    // Rows of a statement before may still be counted for those who were asked about it.
    const own = added.filter((event) => event.type === 'statement' && event.sql === sql);
    expect([...own, ...added.filter(({ type }) => type === 'approval_asked')]).toEqual([]);
    // Not the text of what somebody may still be writing.
    expect(JSON.stringify(added)).not.toContain(sql);

    const run = await ada.statements.submit({ body: { sql, wait: effect === 'ask' ? 0 : 20 } });
    const ofRun = async (type: EventBody['type']) =>
      (await recorded()).find(
        (event) => event.type === type && 'statement' in event && event.statement === run.id,
      );
    await expect.poll(() => ofRun('decision')).toBeDefined();
    expect(told.understanding).toEqual(withoutPlace(await ofRun('understanding')));
    expect(told.decision).toEqual(withoutPlace(await ofRun('decision')));
    await ada.statements.cancel({ params: { id: run.id } });
  });
});

it('says where, who would be asked, what is used, and what would be answered', async () => {
  const ask = await ada.statements.explain({
    body: { sql: "SELECT NAME FROM CUSTOMERS\n WHERE EMAIL = 'x'" },
  });
  expect(ask).toMatchObject({
    asks: { approvers: ['data-leads', 'security'], needed: 1, signed: false, accessUpTo: 14_400 },
    uses: [{ column: 'SHOP.PUBLIC.CUSTOMERS.EMAIL', as: 'equal', by: '=', place: { line: 2 } }],
    error: null,
  });
  const sql = 'SELECT ID,\n  NOWHERE FROM CUSTOMERS';
  const refused = await ada.statements.explain({ body: { sql } });
  const run = await ada.statements.submit({ body: { sql, wait: 20 } });
  if (run.phase !== 'failed') throw new Error('it was not refused');
  expect(refused).toMatchObject({ asks: null, place: { line: 2, column: 3 }, error: run.error });
});

it('is printed for people, and from files in the other way alone', async () => {
  const lines = await printed(ada, "SELECT NAME, EMAIL FROM CUSTOMERS WHERE EMAIL = 'x'");
  expect(lines).toContain('It would be held until people decide (rule look-up)');
  expect(lines).toMatch(
    /Column EMAIL \(masked by token, because of .*\): direct\s+(?:: )?SHOP.PUBLIC.CUSTOMERS.EMAIL/,
  );
  expect(lines).toContain('Uses SHOP.PUBLIC.CUSTOMERS.EMAIL: equal, by =, line 1, column 41');
  expect(lines).toContain('Asked: 1 of data-leads, security; access may be asked for ahead, for at most 240');
  const mistake = await printed(ada, 'SELECT ID,\n  NOWHERE FROM CUSTOMERS');
  expect(mistake).toMatch(/At line 2, column 3:\n.*NOWHERE FROM CUSTOMERS\n *: +\^{7}/);
  expect(await runCli(['explain', 'SELECT 1', '--sql', 'a.sql'])).toBe(2);
  expect(await runCli(['explain', '--url', 'http://localhost:1'])).toBe(2);
  expect(await runCli(['explain', '--sql', 'a.sql', '--policy', 'p.yaml'])).toBe(2);
});

async function printed(relay: RelayClient, sql: string): Promise<string> {
  const lines: string[] = [];
  await explainRunning(relay, { sql, json: false }, { print: (text) => lines.push(text), width: null });
  return lines.join('\n');
}

it('is of one statement', async () => {
  await expect(ada.statements.explain({ body: { sql: 'SELECT 1; SELECT 2' } })).rejects.toMatchObject({
    code: 'statement_count',
  });
});

it('takes a token that runs SQL', async () => {
  const decider = createRelayClient({ url: demo.relay.url, token: await demo.decidingTokenFor('ada') });
  await expect(decider.statements.explain({ body: { sql: 'SELECT 1' } })).rejects.toMatchObject({
    code: 'token_cannot_run',
  });
});
