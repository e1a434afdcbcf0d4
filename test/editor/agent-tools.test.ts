import { join } from 'node:path';
import { createRelayClient, type RelayClient } from '@sluice/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { askInChat, chatText, type ScriptedModel, scriptedModel } from './scripted-model.ts';
import { signIn } from './sign-in.ts';

const folder = temporaryFolder();

describe.skipIf(!hasEditor)('an agent in the editor', () => {
  let editor: Editor;
  let model: ScriptedModel;
  let grace: RelayClient;
  beforeAll(async () => {
    model = await scriptedModel(join(folder, 'model'));
    editor = await openEditor({ extensions: model.extensions, env: model.env });
    const { demo } = editor;
    grace = createRelayClient({ url: demo.relay.url, token: await demo.decidingTokenFor('grace') });
  });
  afterAll(() => editor?.close());
  const confirmation = () => editor.page.locator('.chat-tool-confirmation-carousel').last();
  /** As the editor offers it: for the whole session, where it may be. The reads of the tests below are not confirmed any more. */
  const confirm = async () => {
    await confirmation()
      .getByRole('button', { name: /^Allow/ })
      .first()
      .waitFor();
    await editor.inHost(({ commands }) => commands.executeCommand('workbench.action.chat.acceptTool'));
  };
  const say = (tool: string, sql: string) =>
    model.say({ tool, input: { sql, purpose: 'what the person asked for' } }, { text: 'That is all.' });
  const run = (sql: string) => say('sluice_run_sql', sql);
  const change = (sql: string) => say('sluice_run_change', sql);
  const confirmChange = async () => {
    await expect
      .poll(async () => await confirmation().innerText())
      .toContain('Ask people to approve this statement?');
    await confirmation()
      .getByRole('button', { name: /^Allow/ })
      .first()
      .click();
  };
  const waiting = async () => {
    await expect.poll(async () => (await grace.approvals.list()).approvals.length).toBe(1);
    return (await grace.approvals.list()).approvals[0]!;
  };
  const decide = async (verdict: 'approve' | 'deny', comment: string) => {
    const { id, binding } = await waiting();
    await grace.approvals.decide({ params: { id }, body: { version: 1, verdict, binding, comment } });
  };

  it('has the tools, and a relay', async () => {
    await signIn(editor, 'ada');
    const tools = await editor.inHost(({ lm }) =>
      lm.tools.map(({ name }) => name).filter((name) => name.startsWith('sluice_')),
    );
    expect(tools).toHaveLength(7);
  });

  it('runs nothing before the person has read what it would do, and reads masks', async () => {
    run('SELECT ID, EMAIL FROM CUSTOMERS ORDER BY ID LIMIT 2');
    await askInChat(editor, '@agent two customers, please');
    await expect
      .poll(async () => await confirmation().innerText())
      .toContain('Run this statement, with masks?');
    const shown = await confirmation().innerText();
    expect(shown).toContain('Reads SHOP.PUBLIC.CUSTOMERS.');
    expect(shown).toContain('EMAIL (token, because of SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email))');
    expect(shown).toContain('in the model’s words: what the person asked for');
    expect(model.answers()).toBe('');
    await confirm();
    await expect.poll(() => model.answers()).toMatch(/Masked: "EMAIL" \(token\)[^]*\n\[1,"tok_/);
    await expect.poll(() => chatText(editor)).toContain('That is all.');
  });

  it('changes nothing for a person who has agreed to reads for the session, and asks of each change', async () => {
    run("UPDATE ORDERS SET STATUS = 'kept' WHERE ID = 1");
    await askInChat(editor, '@agent keep order 1');
    await expect.poll(() => model.answers()).toMatch(/NOT RUN: this statement changes something/);
    expect((await grace.approvals.list()).approvals).toEqual([]);
    change("UPDATE ORDERS SET STATUS = 'kept' WHERE ID = 1");
    await askInChat(editor, '@agent keep order 1');
    await expect
      .poll(async () => await confirmation().innerText())
      .toContain('Ask people to approve this statement?');
    // The editor offers no session, workspace or profile to agree for: this once, or not.
    expect(await confirmation().innerText()).not.toMatch(/in this Session|Always/i);
    expect((await grace.approvals.list()).approvals).toEqual([]);
    await editor.inHost(({ commands }) => commands.executeCommand('workbench.action.chat.cancel'));
  });

  it('waits for another person’s approval in the same call', async () => {
    change("UPDATE ORDERS SET STATUS = 'kept' WHERE ID = 1");
    await askInChat(editor, '@agent keep order 1');
    await confirmChange();
    await decide('approve', 'fine');
    await expect.poll(() => model.answers()).toMatch(/updated 1 and deleted 0 rows/);
  });

  it('is told why it was denied', async () => {
    change("UPDATE ORDERS SET STATUS = 'lost' WHERE ID = 2");
    await askInChat(editor, '@agent lose order 2');
    await confirmChange();
    await decide('deny', 'not before Monday');
    await expect.poll(() => model.answers()).toMatch(/REFUSED[^]*not before Monday/);
  });

  it('is told why it is refused, and what would be allowed', async () => {
    run("SELECT ID FROM CUSTOMERS WHERE EMAIL LIKE 'a%'");
    await askInChat(editor, '@agent who begins with a?');
    await expect
      .poll(() => model.answers())
      .toMatch(/REFUSED by the rule uses[^]*What would be allowed: filter and choose by a column/);
  });

  it('withdraws what waits when the person stops it', async () => {
    change("UPDATE ORDERS SET STATUS = 'gone' WHERE ID = 3");
    await askInChat(editor, '@agent let order 3 go');
    await confirmChange();
    const { id } = await waiting();
    await editor.inHost(({ commands }) => commands.executeCommand('workbench.action.chat.cancel'));
    await expect
      .poll(async () => (await grace.approvals.read({ params: { id } })).summary.phase)
      .toBe('cancelled');
  });
});
