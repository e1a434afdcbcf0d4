import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { askInChat, chatText, type ScriptedModel, scriptedModel } from './scripted-model.ts';
import { signIn } from './sign-in.ts';

const folder = temporaryFolder();
const shots = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));

describe.skipIf(!hasEditor)('@sluice in the chat', () => {
  let editor: Editor;
  let model: ScriptedModel;
  beforeAll(async () => {
    model = await scriptedModel(join(folder, 'model'));
    editor = await openEditor({ extensions: model.extensions, env: model.env });
  });
  afterAll(() => editor?.close());

  /** `SCREENSHOTS=1` writes what people see of it, in both themes. */
  async function pictures(name: string) {
    if (process.env['SCREENSHOTS'] === undefined) return;
    for (const [theme, of] of [
      ['Default Light Modern', 'light'],
      ['Default Dark Modern', 'dark'],
    ] as const) {
      await editor.inHost(
        (api, value) => api.workspace.getConfiguration('workbench').update('colorTheme', value, true),
        theme,
      );
      await editor.page.waitForTimeout(1_500);
      await editor.page.screenshot({ path: join(shots, `editor-${name}-${of}.png`) });
    }
  }

  it('asks to sign in first', async () => {
    await askInChat(editor, '@sluice how many customers are there?');
    await expect.poll(() => chatText(editor)).toContain('Sign in to a relay first');
    await signIn(editor, 'ada');
  });

  it('answers a question with SQL, a table with masks, and words', async () => {
    model.say(
      { text: 'These two.\n```sql\nSELECT ID, EMAIL, CITY FROM CUSTOMERS ORDER BY ID LIMIT 2\n```' },
      { text: 'The first two customers; their addresses are masked.' },
    );
    await askInChat(editor, '@sluice who are the first two customers?');
    await expect.poll(() => chatText(editor)).toContain('their addresses are masked');
    // What the model said comes first, and then what it is about.
    for (const part of ['EMAIL (masked: token)', 'tok_', 'Open in Results'])
      await expect.poll(() => chatText(editor)).toContain(part);
    // The model is told the tables that the person may know of, with their masks.
    expect(JSON.stringify(model.asked()[0]!.said)).toContain('SHOP.PUBLIC.CUSTOMERS');
    await pictures('chat');
  });

  it('says why, of the statement before', async () => {
    await askInChat(editor, '@sluice /why', false);
    await expect.poll(() => chatText(editor)).toContain('Decided by the rule');
  });

  it('explains what would be refused, and what would be allowed', async () => {
    await askInChat(editor, "@sluice /explain `SELECT ID FROM CUSTOMERS WHERE EMAIL LIKE 'a%'`");
    await expect.poll(() => chatText(editor)).toContain('Sluice would refuse it');
    expect(await chatText(editor)).toContain('What would be allowed');
    await pictures('chat-explain');
  });

  it('offers what changes something, and runs nothing', async () => {
    model.say({ text: "```sql\nUPDATE ORDERS SET STATUS = 'kept' WHERE ID = 1\n```" });
    await askInChat(editor, '@sluice keep order 1');
    await expect.poll(() => chatText(editor)).toContain('it runs when you say so');
    expect(await chatText(editor)).toContain('Run It');
  });
});

describe.skipIf(!hasEditor)('the relay as an MCP server', () => {
  it('is offered with the token, and its tools are there', async () => {
    const editor = await openEditor();
    try {
      await signIn(editor, 'ada');
      await editor.inHost(({ commands }) => void commands.executeCommand('workbench.mcp.listServer'));
      const list = editor.page.locator('.quick-input-list');
      await expect.poll(() => list.innerText()).toContain(new URL(editor.demo.relay.url).host);
      await list
        .locator('.monaco-list-row', { hasText: new URL(editor.demo.relay.url).host })
        .first()
        .click();
      await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Start Server' }).click();
      await expect
        .poll(async () =>
          (await editor.inHost(({ lm }) => lm.tools.map(({ name }) => name))).filter((name) =>
            name.endsWith('run_statement'),
          ),
        )
        .toHaveLength(1);
    } finally {
      await editor.close();
    }
  });
});
