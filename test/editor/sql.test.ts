import { join } from 'node:path';
import type * as vscode from 'vscode';
import { createRelayClient } from '@sluice/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { signIn, statusBar } from './sign-in.ts';

const FILES = {
  'syntax.sql': "select '😀' as a;\r\nselct 1;\r\n\tselect 2 from;\r\n",
  'marks.sql': [
    'SELECT ID, EMAIL FROM CUSTOMERS;',
    "SELECT ID FROM CUSTOMERS WHERE COUNTRY = 'DE' AND NATIONAL_ID LIKE '1%';",
    "UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 3;",
    'DROP TABLE ORDERS;',
    'SELECT 1 FROM CUSTMERS;',
    'USE SCHEMA SCRATCH;',
    'SELECT ID FROM CUSTOMERS;',
    '',
  ].join('\n'),
  'fix.sql': "SELECT ID FROM CUSTOMERS WHERE COUNTRY = 'DE' AND NATIONAL_ID LIKE '1%';\n",
  'write.sql': 'select c. from customers c;\n',
  'format.sql': 'select id from customers;\nselct  1;\n',
  'run.sql': 'SELECT 1 AS A;\nSELECT 2 AS B;\n',
};

/** A mark, as it is shown. */
interface Mark {
  readonly text: string;
  readonly severity: number;
  readonly message: string;
  readonly code: string;
  readonly link: string | null;
}

describe.skipIf(!hasEditor)('SQL in the editor', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor({ files: FILES, demoOptions: { customers: 50, logLevel: 'silent' } });
  });
  afterAll(() => editor?.close());

  const open = async (name: keyof typeof FILES) =>
    await editor.inHost(
      async (api, path) => {
        const document = await api.workspace.openTextDocument(api.Uri.file(path));
        await api.window.showTextDocument(document);
      },
      join(editor.workspace, name),
    );
  const marksIn = async (name: keyof typeof FILES): Promise<readonly Mark[]> =>
    await editor.inHost(
      async (api, path) => {
        const uri = api.Uri.file(path);
        const document = await api.workspace.openTextDocument(uri);
        return api.languages.getDiagnostics(uri).map(({ range, severity, message, code }) => ({
          text: document.getText(range),
          severity,
          message,
          code: typeof code === 'object' ? String(code.value) : String(code),
          link: typeof code === 'object' ? code.target.toString(true) : null,
        }));
      },
      join(editor.workspace, name),
    );
  const at = { error: 0, warning: 1, information: 2 };

  it('is that of a person who signs in', async () => {
    await signIn(editor, 'ada');
    expect(await statusBar(editor)).toContain('ada');
  });

  it('marks mistakes where they are, by the parser alone', async () => {
    await open('syntax.sql');
    await expect
      .poll(() => marksIn('syntax.sql'), { timeout: 60_000 })
      .toMatchObject([
        { text: 'selct', severity: at.error, code: 'syntax', link: null },
        { text: ';', severity: at.error, code: 'syntax', message: expect.stringContaining('a name') },
      ]);
  });

  it('marks what the relay would mask, refuse and ask about, each where it lies, with its rule', async () => {
    await open('marks.sql');
    const link = `${editor.demo.relay.url}/console/access?tab=who`;
    await expect
      .poll(() => marksIn('marks.sql'), { timeout: 60_000 })
      .toMatchObject([
        { text: 'EMAIL', severity: at.information, message: expect.stringContaining('masked (token)'), link },
        {
          text: "NATIONAL_ID LIKE '1%'",
          severity: at.error,
          code: 'uses',
          message: expect.stringContaining('Blocked'),
        },
        {
          severity: at.warning,
          code: 'change-data',
          message: expect.stringContaining('Needs approval by data-leads'),
        },
        { text: 'ORDERS', severity: at.error, code: 'no-structure' },
        { text: 'CUSTMERS', severity: at.error, message: expect.stringContaining('SHOP.PUBLIC.CUSTMERS') },
        // Behind a USE, names are looked up elsewhere.
        { text: 'CUSTOMERS', severity: at.error, message: expect.stringContaining('SCRATCH.CUSTOMERS') },
      ]);
  });

  it('tells about a masked column on hover', async () => {
    const hovers = await editor.inHost(
      async (api, path) => {
        const hovers = await api.commands.executeCommand<{ contents: { value: string }[] }[]>(
          'vscode.executeHoverProvider',
          api.Uri.file(path),
          new api.Position(0, 13),
        );
        return hovers.flatMap(({ contents }) => contents.map(({ value }) => value));
      },
      join(editor.workspace, 'marks.sql'),
    );
    expect(hovers.join('\n')).toContain('SHOP.PUBLIC.CUSTOMERS.EMAIL');
    expect(hovers.join('\n')).toContain('pii.email');
  });

  it('proposes the columns of an alias, with how they are masked', async () => {
    await open('write.sql');
    const items = await editor.inHost(
      async (api, path) => {
        const { items } = await api.commands.executeCommand<{
          items: { label: { label: string }; detail: string; insertText: string }[];
        }>('vscode.executeCompletionItemProvider', api.Uri.file(path), new api.Position(0, 9), '.');
        return items.map(({ label, detail, insertText }) => [label.label, insertText, detail]);
      },
      join(editor.workspace, 'write.sql'),
    );
    expect(items).toContainEqual(['EMAIL', 'email', expect.stringContaining('masked: token')]);
    expect(items).toContainEqual(['COUNTRY', 'country', expect.not.stringContaining('masked')]);
  });

  it('colours masked columns', async () => {
    const colours = await editor.inHost(
      async (api, path) => {
        const uri = api.Uri.file(path);
        const range = new api.Range(0, 0, 6, 0);
        const tokens = await api.commands.executeCommand<{ data: number[] }>(
          'vscode.provideDocumentRangeSemanticTokens',
          uri,
          range,
        );
        return Array.from(tokens.data).slice(0, 5);
      },
      join(editor.workspace, 'marks.sql'),
    );
    // On the first line, from the 11th character, five long.
    expect(colours).toEqual([0, 11, 5, 0, 0]);
  });

  it('offers a form that passes, and after it there is nothing to refuse', async () => {
    await open('fix.sql');
    await expect.poll(() => marksIn('fix.sql'), { timeout: 60_000 }).toMatchObject([{ code: 'uses' }]);
    const titles = await editor.inHost(
      async (api, path) => {
        const uri = api.Uri.file(path);
        const actions = await api.commands.executeCommand<{ title: string; edit?: never }[]>(
          'vscode.executeCodeActionProvider',
          uri,
          new api.Range(0, 55, 0, 56),
        );
        const passing = actions.filter(({ title }) => title.includes('(passes)'));
        await api.workspace.applyEdit(passing.find(({ title }) => title.includes('Leave'))!.edit!);
        return passing.map(({ title }) => title);
      },
      join(editor.workspace, 'fix.sql'),
    );
    expect(titles).toEqual([
      'Leave this condition out (passes)',
      'Ask only whether there is a value: NATIONAL_ID IS NOT NULL (passes)',
    ]);
    await expect.poll(() => marksIn('fix.sql'), { timeout: 60_000 }).toEqual([]);
    const text = await editor.inHost((api) => api.window.activeTextEditor?.document.getText());
    expect(text).toBe("SELECT ID FROM CUSTOMERS WHERE COUNTRY = 'DE';\n");
  });

  it('runs the statement at the caret by its key, one by the words above it, and all of a file', async () => {
    await open('run.sql');
    const { page, demo } = editor;
    const ada = createRelayClient({ url: demo.relay.url, token: await demo.tokenFor('ada') });
    /** As the record has them: what was sent, in order. */
    const ran = async () => {
      const found: string[] = [];
      const { sessions } = await ada.sessions.list();
      for (const { session } of sessions) {
        for await (const event of await ada.sessions.events({ params: { id: session } }))
          if ('body' in event && event.body.type === 'statement') found.push(event.body.sql);
      }
      return found;
    };
    const patience = { timeout: 60_000 };
    await page.locator('.codelens-decoration', { hasText: 'Run' }).nth(1).waitFor();
    await page.locator('.view-line', { hasText: 'SELECT 2' }).click();
    await page.keyboard.press('Control+Enter');
    await expect.poll(ran, patience).toEqual(['SELECT 2 AS B']);
    await page.locator('.codelens-decoration a', { hasText: 'Run' }).first().click();
    await expect.poll(ran, patience).toEqual(['SELECT 2 AS B', 'SELECT 1 AS A']);
    await open('run.sql');
    await page.locator('.view-line', { hasText: 'SELECT 2' }).click();
    await page.keyboard.press('Control+Shift+Enter');
    await expect
      .poll(ran, patience)
      .toEqual(['SELECT 2 AS B', 'SELECT 1 AS A', 'SELECT 1 AS A', 'SELECT 2 AS B']);
  });

  it('formats what comes out as the same statement, and leaves alone what has mistakes', async () => {
    await open('format.sql');
    const text = await editor.inHost(
      async (api, path) => {
        const uri = api.Uri.file(path);
        const edits = await api.commands.executeCommand<vscode.TextEdit[]>(
          'vscode.executeFormatDocumentProvider',
          uri,
          { tabSize: 2, insertSpaces: true },
        );
        const edit = new api.WorkspaceEdit();
        edit.set(uri, edits);
        await api.workspace.applyEdit(edit);
        return (await api.workspace.openTextDocument(uri)).getText();
      },
      join(editor.workspace, 'format.sql'),
    );
    expect(text).toBe('select\n  id\nfrom\n  customers;\nselct  1;\n');
  });

  it('goes on by the parser alone when the relay is gone', async () => {
    // What ran before has been told of.
    const running = async () => (await editor.notifications()).filter((text) => text.includes('Running'));
    await expect.poll(running, { timeout: 60_000 }).toEqual([]);
    await editor.demo.close();
    await open('syntax.sql');
    await editor.inHost(
      async (api, path) => {
        const document = await api.workspace.openTextDocument(api.Uri.file(path));
        const edit = new api.WorkspaceEdit();
        edit.insert(document.uri, new api.Position(0, 0), 'select (1;\r\n');
        await api.workspace.applyEdit(edit);
      },
      join(editor.workspace, 'syntax.sql'),
    );
    await expect
      .poll(async () => (await marksIn('syntax.sql')).map(({ code }) => code), { timeout: 60_000 })
      .toEqual(['syntax', 'syntax', 'syntax']);
    expect((await editor.notifications()).filter((text) => !text.includes('igned in'))).toEqual([]);
  });
});
