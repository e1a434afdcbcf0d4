import { randomUUID } from 'node:crypto';
import { createRelayClient, type EventBody, type StatementView } from '@sluice/contract';
import { holdError } from '../../relay/src/approval/index.ts';
import { person } from '../../relay/src/approval/testing.ts';
import { outcomeOf } from '../../relay/src/approval/hold-outcome.ts';
import { explainLines } from '../../relay/src/cli/explain.ts';
import { unpainted } from '../../relay/src/cli/paint.ts';
import { pendingCommand, showPendingCommand } from '../../relay/src/cli/pending.ts';
import { runSql } from '../../relay/src/cli/run-sql.ts';
import { listSessionsCommand, showSessionCommand } from '../../relay/src/cli/sessions.ts';
import { mailChannel } from '../../relay/src/delivery/mail.ts';
import { approvalMessage, reviewMessage } from '../../relay/src/delivery/message.ts';
import { slackChannel } from '../../relay/src/delivery/slack.ts';
import { webhookChannel } from '../../relay/src/delivery/webhook.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import { problemOf } from '../../relay/src/listeners/router/index.ts';
import { messagePage } from '@sluice/relay/identity';
import {
  buildSnowflakeListener,
  type SnowflakeListenerDeps,
} from '../../relay/src/listeners/snowflake/index.ts';
import { toSnowflakeError } from '../../relay/src/listeners/snowflake/errors.ts';
import { newSession, openTestRecord, opened } from '../../relay/src/recording/testing/open-test-record.ts';
import type { SessionId } from '../../relay/src/session/index.ts';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { mailbox, postbox } from './channels.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { aheadOf, heldOf, requestOf, reviewOf } from './requests.ts';

/** What nobody would see, or what would change how the rest is seen. Lines end with `\n` alone. */
const HIDDEN = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
/** What programs make links of. An issuer, of the configuration, stands without its scheme. */
const LINK = /\w:\/\/|\bwww\.|\b(?:mailto|javascript):|[\p{L}\p{N}]\.\p{L}{2,}(?::\d+)?\//iu;
/** Where lines go on, of sentences and of SQL. */
const CONTINUED = /^ {4}|^ {2}: |^ {0,4}\d+ \||^ {2}"/;
/** Fields in which a text of somebody else's stands: only that they are there is compared. */
const OPEN_FIELD =
  /^(?:(?:Request|Client|Who|Their reason|What|Reads|Writes|Masked|Computed on \w+|Held because|Purpose|For use|Asked about because|They may change, unasked, what (?:it|this) reads)(?=:)|(?:Variable|Bind)(?= )| {2}- (?:The same statement|It \w+|For|Only for what comes|Asked for, in their own words, for)(?=\W))/;

const paint = { printed: unpainted, noted: unpainted };
const cases = Object.entries(HOSTILE_TEXTS);
const origin = { consoleUrl: 'https://sluice.example', newId: randomUUID, at: '2026-11-20T09:00:00.000Z' };
const link = (id: string) => `https://sluice.example/approvals/${id}`;

/** What of an output is ours alone. It must be the same whatever others write. */
function ours(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => !CONTINUED.test(line))
    .map((line) => OPEN_FIELD.exec(line)?.[0] ?? line);
}

/**
 * A row of the table of what waits ends with two cells of theirs: a plain word each, or in quotation marks. What stands
 * before is ours; how wide the cells are makes no difference.
 */
const PENDING_ROW =
  /^([0-9a-f]{8} {2}(?:held|access) {2}in \d+ days {2}\d of \d {2}changes) {2}(?:[\w$.@+-]+|"(?:[^"\\]|\\.)*"(?: \(… [\d,]+ more characters?\))?) *(?: {2}(?:[\w$.@+-]+|"(?:[^"\\]|\\.)*"(?: \(… [\d,]+ more characters?\))?))$/u;

function withoutCells(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line.startsWith('ID  ')
      ? line.replaceAll(/ {2,}/g, '  ')
      : line.replace(PENDING_ROW, '$1').replace(/^[0-9a-f]{8} /, 'ID '),
  );
}

/** Ids differ from one request to the next. */
function withoutIds(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID'));
}

function expectHarmless(output: string, links: readonly string[]): void {
  expect(output).not.toMatch(HIDDEN);
  expect(output).not.toMatch(/\p{M}{4}/u);
  const found = output.split('\n').filter((line) => LINK.test(line));
  expect(found).toEqual(links.map((link) => `Decide here: ${link}`));
}

async function terminal(command: (print: (text: string) => void) => Promise<unknown>): Promise<string> {
  const printed: string[] = [];
  await command((text) => printed.push(text));
  return printed.join('\n');
}

it('is a table of at least sixty', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

describe('mail', async () => {
  const box = await mailbox();
  afterAll(box.close);
  const channel = mailChannel({
    name: 'mail',
    host: '127.0.0.1',
    port: box.port,
    security: 'none',
    login: null,
    from: 'sluice@example.com',
    to: ['owners@example.com'],
    includeSql: true,
  });
  const mailed = async (message: Parameters<typeof channel.deliver>[0]) => {
    await channel.deliver(message, new AbortController().signal);
    return box.mails.pop()!;
  };
  const plain = await mailed(approvalMessage((await heldOf('plain')).approval, origin));
  const plainReview = await mailed(reviewMessage(reviewOf('plain'), origin));

  it.each(cases)('of a request: %s', async (_, text) => {
    const { approval } = await heldOf(text);
    const { headers, subject, body } = await mailed(approvalMessage(approval, origin));
    expectHarmless(body, [link(approval.id)]);
    expect(withoutIds(ours(body))).toEqual(withoutIds(ours(plain.body)));
    expect(body.split('\n')[1]).toBe(`Decide here: ${link(approval.id)}`);
    expect(subject).toMatch(/^Approval wanted by "/);
    expectHarmless(subject, []);
    expect(headers.map((line) => line.split(':')[0])).toEqual(
      plain.headers.map((line) => line.split(':')[0]),
    );
  });

  const plainAhead = await mailed(approvalMessage((await aheadOf('plain')).approval, origin));

  it.each(cases)('of access that is asked for: %s', async (_, text) => {
    const { approval } = await aheadOf(text);
    const { subject, body } = await mailed(approvalMessage(approval, origin));
    expectHarmless(body, [link(approval.id)]);
    expect(withoutIds(ours(body))).toEqual(withoutIds(ours(plainAhead.body)));
    expect(body.split('\n').slice(0, 2)).toEqual([
      'Access wanted ahead',
      `Decide here: ${link(approval.id)}`,
    ]);
    expect(subject).toMatch(/^Access wanted ahead by "/);
    expectHarmless(subject, []);
  });

  it.each(cases)('of a use of break-glass: %s', async (_, text) => {
    const review = reviewOf(text);
    const { body } = await mailed(reviewMessage(review, origin));
    expectHarmless(body, [`https://sluice.example/reviews/${review.id}`]);
    expect(withoutIds(ours(body))).toEqual(withoutIds(ours(plainReview.body)));
  });
});

describe('Slack and webhooks', async () => {
  const box = await postbox();
  afterAll(box.close);
  const posted = async (
    channel: ReturnType<typeof slackChannel>,
    message: Parameters<typeof channel.deliver>[0],
  ) => {
    await channel.deliver(message, new AbortController().signal);
    return JSON.parse(box.posted.pop()!);
  };
  const slack = slackChannel({ name: 'slack', url: box.url, includeSql: true });
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const webhook = webhookChannel({ name: 'hook', url: box.url, secret, includeSql: true, now: Date.now });

  interface Block {
    readonly type: string;
    readonly text?: { readonly type: string; readonly text: string; readonly emoji: boolean };
    readonly elements?: readonly { readonly type: string; readonly text: unknown; readonly url?: string }[];
  }

  it.each(cases)('in Slack, of a request: %s', async (_, text) => {
    const { approval } = await heldOf(text);
    const message = await posted(slack, approvalMessage(approval, origin));
    const blocks = message.blocks as readonly Block[];
    expect(message).toMatchObject({ text: 'Approval wanted', mrkdwn: false });
    expect(blocks.map(({ type }) => type)).toEqual([
      'header',
      'actions',
      'section',
      'divider',
      'context',
      'section',
      'section',
    ]);
    expect(blocks[0]!.text!.text).toBe('Approval wanted');
    expect(blocks[1]!.elements).toMatchObject([{ type: 'button', url: link(approval.id) }]);
    expect(JSON.stringify(message)).not.toContain('"type":"mrkdwn"');
    const { text: own } = blocks[2]!.text!;
    expect(own.split('\n').slice(0, 2)).toEqual([
      'Approvals: 0 of 1 so far, by owners',
      'Until: 2026-11-20 10:00 UTC',
    ]);
    expect(own.split('\n').slice(2)).toEqual(['Held by: rule changes']);
    const fields = blocks[5]!.text!.text.split('\n').map((line) => line.split(':')[0]);
    expect(['Request', 'Held because', 'They may change, unasked, what it reads', 'Client']).toEqual(
      expect.arrayContaining(fields),
    );
    expect(new Set(fields).size).toBe(fields.length);
    for (const { text: shown } of blocks) {
      if (shown === undefined) continue;
      expect(shown).toMatchObject({ type: 'plain_text', emoji: false });
      expect(shown.text.length).toBeLessThanOrEqual(3000);
      expectHarmless(shown.text, []);
    }
  });

  it.each(cases)('in Slack, of access that is asked for: %s', async (_, text) => {
    const { approval } = await aheadOf(text);
    const message = await posted(slack, approvalMessage(approval, origin));
    const blocks = message.blocks as readonly Block[];
    expect(message).toMatchObject({ text: 'Access wanted ahead', mrkdwn: false });
    expect(blocks[2]!.text!.text.split('\n').slice(0, 4)).toEqual([
      'Would give: access for 60 minutes from when it is approved, at most 2 rows each and 6 in all',
      'Nothing waits: no statement is held; statements of one shape would run unasked',
      'Approvals: 0 of 1 so far, by owners',
      'Until: 2026-11-20 10:00 UTC',
    ]);
    const fields = blocks[5]!.text!.text.split('\n').map((line) => line.split(':')[0]);
    expect(new Set(fields).size).toBe(fields.length);
    for (const { text: shown } of blocks) if (shown !== undefined) expectHarmless(shown.text, []);
  });

  it.each(cases)(
    'for programs, of access, as data that is no request of another kind: %s',
    async (_, text) => {
      const { approval } = await aheadOf(text);
      const { type, data } = await posted(webhook, approvalMessage(approval, origin));
      expect(type).toBe('access.asked');
      expect(data.approval).toMatchObject({ kind: 'access', access: { purpose: text.toWellFormed() } });
      expectHarmless(data.approval.sentence, []);
    },
  );

  it.each(cases)('for programs, as data: %s', async (_, text) => {
    const { approval } = await heldOf(text);
    const { data } = await posted(webhook, approvalMessage(approval, origin));
    expect(data.link).toBe(link(approval.id));
    expect(data.approval.requester).toMatchObject({
      name: text.toWellFormed(),
      subject: text.toWellFormed(),
    });
    expect(data.approval.client).toBe(text.toWellFormed());
    expectHarmless(data.approval.sentence, []);
    expectHarmless(data.approval.reason, []);
  });
});

describe('the terminal', async () => {
  const plain = (await heldOf('plain')).view;
  type View = typeof plain | Awaited<ReturnType<typeof aheadOf>>['view'];
  const relayOf = (view: View) => ({
    approvals: {
      list: async () => ({ version: 1 as const, cursor: '', approvals: [view.summary] }),
      read: async () => view,
      decide: async () => view.summary,
    },
  });
  const list = (view: View) =>
    terminal((print) =>
      pendingCommand(relayOf(view), { json: false, now: 0 }, { print, program: 'sluice', width: 80, paint }),
    );
  const page = (view: View) =>
    terminal((print) => showPendingCommand(relayOf(view), { id: view.summary.id, json: false }, print));

  const oursIn = (printed: string) => withoutCells(withoutIds(ours(printed)));

  it.each(cases)('`sluice pending`: %s', async (_, text) => {
    const { view } = await heldOf(text);
    for (const command of [list, page]) {
      const printed = await command(view);
      expectHarmless(printed, []);
      expect(oursIn(printed)).toEqual(oursIn(await command(plain)));
      const theirs = printed.split('\n').filter((line) => CONTINUED.test(line) || OPEN_FIELD.test(line));
      expect(theirs.every((line) => line.length <= 80)).toBe(true);
    }
  });

  const plainAhead = (await aheadOf('plain')).view;

  it.each(cases)('`sluice pending`, of access: %s', async (_, text) => {
    const { view } = await aheadOf(text);
    for (const command of [list, page]) {
      const printed = await command(view);
      expectHarmless(printed, []);
      expect(oursIn(printed)).toEqual(oursIn(await command(plainAhead)));
    }
    expect(await page(view)).toContain('ACCESS ASKED FOR AHEAD: no statement waits for you.');
  });

  it('`sluice pending`, of any text at all', async () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.constantFrom(...Object.values(HOSTILE_TEXTS)), { maxLength: 3 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const { view } = await heldOf(text);
        for (const command of [list, page]) {
          const printed = await command(view);
          expectHarmless(printed, []);
          expect(oursIn(printed)).toEqual(oursIn(await command(plain)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(cases)('`sluice pending --json`: %s', async (_, text) => {
    const { view } = await heldOf(text);
    const printed = await terminal((print) =>
      showPendingCommand(relayOf(view), { id: view.summary.id, json: true }, print),
    );
    expect(printed).not.toMatch(HIDDEN);
    expect(printed.split('\n')).toHaveLength(1);
    expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(view)));
  });

  it.each(cases)('`sluice sql`: %s', async (_, text) => {
    const box = await postbox();
    const computedOn = { on: 'tokens', because: text } as const;
    box.answerWith({
      version: 1,
      id: 'a4b6c1de-0000-4000-8000-000000000000',
      phase: 'succeeded',
      columns: [{ name: text, type: text, precision: null, scale: null, computedOn }],
      computedOn,
      rows: [[text], [null]],
      rowCount: 2,
      next: null,
    } satisfies StatementView);
    const relay = createRelayClient({ url: box.url, token: 'x' });
    const printed = await terminal((print) =>
      runSql(
        relay,
        { sql: 'SELECT 1', as: 'table', onHeld: async () => {} },
        { print, note: print, width: null, paint },
      ),
    );
    box.close();
    expect(printed).not.toMatch(HIDDEN);
    expect(printed.split('\n')).toHaveLength(7);
  });

  it.each(cases)('`sluice explain`: %s', (_, text) => {
    const { decision } = requestOf(text);
    const { reason, sentence, rule, effect, range } = decision;
    const lines = [
      ...explainLines({
        statements: [
          {
            kind: 'update',
            family: 'dml',
            range,
            understood: true,
            reads: [text],
            writes: [text],
            outputs: [{ name: text, sources: [text], how: [text], unresolved: true }],
            uses: [{ column: text, as: 'compare', by: text, range }],
            flows: [],
            opaque: [text],
            decision: { effect, rule, reason, sentence, range, masks: [] },
          },
        ],
      }),
    ];
    expect(lines).toHaveLength(7);
    for (const line of lines) expect(line).not.toMatch(/\n/);
    expectHarmless(lines.filter((line) => !line.startsWith('  use')).join('\n'), []);
  });
});

describe('the record', async () => {
  const { recorder, store } = await openTestRecord();
  afterAll(async () => await store.close());
  const recorded = async (text: string): Promise<SessionId> => {
    const session = newSession();
    const approver = { ...person(text, [text], { name: text }) };
    const { id, issuer, subject, name, groups, kind } = approver;
    const by = { id, issuer, subject, name, groups: [...groups], kind };
    const { decision } = requestOf(text);
    const statement = randomUUID();
    const start = opened(text) as Extract<EventBody, { type: 'opened' }>;
    const bodies: EventBody[] = [
      {
        ...start,
        identity: by,
        client: { ...start.client, application: text, version: text, address: '10.0.0.7', agent: text },
      },
      { type: 'prompt', text, source: 'mcp' },
      {
        type: 'decision',
        statement,
        effect: decision.effect,
        rule: decision.rule,
        reason: decision.reason,
        sentence: decision.sentence,
        range: { start: 0, end: 1 },
        policyVersion: 'v1',
        masks: [],
      },
      { type: 'hold', held: true, by, reason: text },
      { type: 'refused', what: text, reason: text },
      { type: 'notice', what: 'break_glass', detail: { reason: text, entry: text } },
      { type: 'error', statement, code: 'internal', message: new SluiceError('internal', text).message },
      { type: 'device_revoked', identity: id, key: 'QUJD', name: text },
    ];
    for (const body of bodies) await recorder.append(session, body);
    return session;
  };
  const show = (session: SessionId) =>
    terminal((print) => showSessionCommand(store, { session, json: false }, print));
  const list = () =>
    terminal((print) => listSessionsCommand(store, { filter: { limit: 1 }, json: false }, print));
  const heads = (output: string) => output.split('\n').filter((line) => !/^(?: {4}| {2}: )\s*\S/.test(line));
  const plain = heads(await show(await recorded('plain'))).map((line) => line.slice(0, 46).trimEnd());

  it.each(cases)('`sluice sessions show`: %s', async (_, text) => {
    const printed = await show(await recorded(text.toWellFormed()));
    expect(printed).not.toMatch(HIDDEN);
    expect(heads(printed).map((line) => line.slice(0, 46).trimEnd())).toEqual(plain);
    const listed = await list();
    expect(listed).not.toMatch(HIDDEN);
    expect(listed.split('\n')[0]).toBe('SESSION   OPENED                   EVENTS  STATE');
    expect(listed.split('\n')[1]).toMatch(/^[0-9a-f]{8} {2}2026-03-01 09:00:00 UTC {7}1 {2}open$/);
    expect(listed.split('\n')[2]).toBe('  the relay’s own: policies, devices, revocations, refused requests');
    expect(listed.split('\n')[3]).toMatch(/^[0-9a-f]{8} {2}2026-03-01 09:00:00 UTC {7}8 {2}open, held$/);
    expect(
      listed
        .split('\n')
        .slice(4)
        .every((line) => /^ {2}"|^ {4}|^ {2}: /.test(line)),
    ).toBe(true);
  });
});

describe('answers to clients', () => {
  it.each(cases)('of an error: %s', async (_, text) => {
    const by = person(text, [], { name: text });
    const denial = {
      by,
      at: 0,
      comment: text,
      proposal: text,
      grantSeconds: null,
      signature: null,
      mostRows: null,
      grantRows: null,
    };
    const outcome = outcomeOf(randomUUID() as Parameters<typeof outcomeOf>[0], {
      phase: 'denied',
      votes: [],
      denial,
    });
    if (outcome?.outcome !== 'denied') throw new Error('not denied');
    const errors = [holdError(outcome), new SluiceError('blocked', text, { advice: text })];
    for (const error of errors) {
      expect(error.message).not.toMatch(HIDDEN);
      expect(error.advice).not.toMatch(HIDDEN);
      expect(toSnowflakeError(error).message).not.toMatch(HIDDEN);
      expect(JSON.stringify(problemOf(error))).not.toMatch(HIDDEN);
    }
    expect(errors[0]!.message.split('\n')).toHaveLength(1);
    expectHarmless(`${errors[0]!.message}\n${errors[0]!.advice}`, []);
    const page = messagePage('You are not signed in', errors[1]!.message);
    expect(page).not.toMatch(/<(?:script|a|b|img)\b/);
    expect(page.match(/<p>/g)).toHaveLength(1);
  });

  it.each(cases)('and lines of the log: %s', async (_, text) => {
    const logged: string[] = [];
    const app = buildSnowflakeListener({
      authenticate: async () => {
        throw new Error(`${text}\n    at Decide here (https://evil.example:1:1)\n    at ${text}`);
      },
      onRefused: () => {},
      relays: { self: 'here', isThere: () => true },
      logger: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    } as unknown as SnowflakeListenerDeps);
    const payload = { data: { AUTHENTICATOR: 'OAUTH', TOKEN: 'x', CLIENT_APP_ID: text.slice(0, 256) } };
    const { body } = await app.inject({ method: 'POST', url: '/session/v1/login-request', payload });
    await app.close();
    expect(JSON.parse(body)).toMatchObject({ success: false });
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0]!).failure.frames.length).toBeGreaterThan(0);
    expect(logged[0]).not.toContain('Decide here');
    expect(logged[0]).not.toMatch(HIDDEN);
  });
});
