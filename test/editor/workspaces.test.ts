import { join } from 'node:path';
import { createRelayClient, type SessionEvent } from '@sluice/contract';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webviewWith } from './in-webview.ts';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { signIn, statusBar } from './sign-in.ts';

const PATIENCE = { timeout: 60_000 };

/** What is on the record of Ada's sessions at a relay. */
async function recorded(demo: Demo): Promise<readonly SessionEvent['body'][]> {
  const ada = createRelayClient({ url: demo.relay.url, token: await demo.tokenFor('ada') });
  const found: SessionEvent['body'][] = [];
  for (const { session } of (await ada.sessions.list()).sessions)
    for await (const event of await ada.sessions.events({ params: { id: session } }))
      if ('body' in event) found.push(event.body);
  return found;
}
const sent = async (demo: Demo) =>
  (await recorded(demo)).flatMap((body) => (body.type === 'statement' ? [body.sql] : []));
/** How often it was asked what would become of a statement. */
const explanations = async (demo: Demo) =>
  (await recorded(demo)).filter((body) => body.type === 'notice' && body.what === 'explained').length;

async function open(editor: Editor, uri: string): Promise<void> {
  await editor.inHost(async (api, uri) => {
    await api.window.showTextDocument(await api.workspace.openTextDocument(api.Uri.parse(uri)));
  }, uri);
}
const marksIn = async (editor: Editor, uri: string) =>
  await editor.inHost(
    (api, uri) =>
      api.languages.getDiagnostics(api.Uri.parse(uri)).map(({ code, source }) => {
        const name = typeof code === 'object' ? code.value : code;
        return `${source ?? ''} ${String(name)}`;
      }),
    uri,
  );
const run = async (editor: Editor) =>
  await editor.inHost(({ commands }) => void commands.executeCommand('sluice.sql.run'));

describe.skipIf(!hasEditor)('a workspace of several folders, each with a relay of its own', () => {
  let first: Demo;
  let second: Demo;
  let editor: Editor;
  const uriOf = (path: string) => `file://${join(editor.workspace, path)}`;
  beforeAll(async () => {
    first = await startDemo({ customers: 10, logLevel: 'silent' });
    second = await startDemo({ customers: 10, logLevel: 'silent' });
    const settings = (url: string) => JSON.stringify({ 'sluice.sql.relay': url });
    editor = await openEditor({
      demo: first,
      workspaceFile: 'all.code-workspace',
      files: {
        'all.code-workspace': JSON.stringify({
          folders: [{ path: 'one' }, { path: 'two' }, { path: 'three' }, { path: 'four' }],
        }),
        'one/.vscode/settings.json': settings(first.relay.url),
        'two/.vscode/settings.json': settings(second.relay.url),
        'three/.vscode/settings.json': settings('https://sluice.example'),
        'one/a.sql': 'SELECT 1 AS OF_ONE;\n',
        'two/a.sql': 'SELECT 2 AS OF_TWO;\n',
        'three/a.sql': 'SELECT 3 AS OF_NOBODY;\n',
        'four/a.sql': 'SELECT 4 AS OF_THE_CHOSEN;\n',
      },
    });
    await signIn(editor, 'ada');
    await signIn(editor, 'ada', second.relay.url);
  });
  afterAll(async () => {
    await editor?.close();
    await Promise.all([first?.close(), second?.close()]);
  });

  it('sends each folder’s statements to its own, and a folder’s without one to the one that is chosen', async () => {
    const { port } = new URL(second.relay.url);
    await expect.poll(() => statusBar(editor), PATIENCE).toContain(port);
    for (const [folder, demo, sql] of [
      ['one', first, 'SELECT 1 AS OF_ONE'],
      ['two', second, 'SELECT 2 AS OF_TWO'],
      ['four', second, 'SELECT 4 AS OF_THE_CHOSEN'],
    ] as const) {
      await open(editor, uriOf(`${folder}/a.sql`));
      await run(editor);
      await expect.poll(() => sent(demo), PATIENCE).toContain(sql);
    }
    expect(await sent(first)).toEqual(['SELECT 1 AS OF_ONE']);
    expect((await sent(second)).toSorted()).toEqual(['SELECT 2 AS OF_TWO', 'SELECT 4 AS OF_THE_CHOSEN']);
  });

  it('sends nothing of a folder whose relay nobody is signed in at', async () => {
    await open(editor, uriOf('three/a.sql'));
    await run(editor);
    await expect
      .poll(() => editor.notifications(), PATIENCE)
      .toContainEqual(expect.stringContaining('names a relay that you are not signed in at'));
    for (const demo of [first, second]) expect(await sent(demo)).not.toContain('SELECT 3 AS OF_NOBODY');
  });
});

describe.skipIf(!hasEditor)('a notebook', () => {
  let editor: Editor;
  const cell = (language: string, source: string) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: { vscode: { languageId: language } },
    outputs: [],
    source: [source],
  });
  beforeAll(async () => {
    editor = await openEditor({
      files: {
        'work.ipynb': JSON.stringify({
          cells: [
            cell('python', 'print("SELECT 0")'),
            cell('sql', 'SELECT 1 AS OF_A_CELL;\nSELECT 2 AS OF_A_CELL;'),
            cell('snowflake-sql', 'SELECT ID, EMAIL FROM CUSTOMERS'),
            cell('sql', 'SELCT 3'),
          ],
          metadata: {},
          nbformat: 4,
          nbformat_minor: 5,
        }),
      },
    });
    await signIn(editor, 'ada');
    await editor.inHost(
      async (api, path) => {
        await api.window.showNotebookDocument(await api.workspace.openNotebookDocument(api.Uri.file(path)));
      },
      join(editor.workspace, 'work.ipynb'),
    );
  });
  afterAll(() => editor?.close());
  const marks = async () =>
    await editor.inHost((api) =>
      api.workspace.notebookDocuments[0]!.getCells().map(({ document: { uri } }) =>
        api.languages.getDiagnostics(uri).map(({ message }) => message),
      ),
    );
  const runsIn = () => editor.page.locator('.cell-status-item', { hasText: 'Run through Sluice' });

  it('has its cells of SQL checked, each as a text of its own, and no others', async () => {
    await expect
      .poll(marks, PATIENCE)
      .toEqual([[], [], [expect.stringContaining('EMAIL')], [expect.stringContaining('SELCT')]]);
    await expect.poll(() => runsIn().count(), PATIENCE).toBe(3);
  });

  it('runs all of a cell by the words below it', async () => {
    await runsIn().first().click();
    await expect
      .poll(() => sent(editor.demo), PATIENCE)
      .toEqual(['SELECT 1 AS OF_A_CELL', 'SELECT 2 AS OF_A_CELL']);
  });

  it('runs the statement at the caret of a cell by its key', async () => {
    await editor.page.locator('.notebook-editor .view-line', { hasText: 'EMAIL' }).click();
    await editor.page.keyboard.press('Control+Alt+Enter');
    await expect.poll(() => sent(editor.demo), PATIENCE).toContain('SELECT ID, EMAIL FROM CUSTOMERS');
  });
});

describe.skipIf(!hasEditor)('a workspace that is not trusted, and one that is on no disk', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor({
      asksForTrust: true,
      files: {
        'a.sql': 'SELECT EMAIL FROM CUSTOMERS;\nSELCT 1;\n',
        // What a stranger would put in: statements are to go to them.
        '.vscode/settings.json': JSON.stringify({ 'sluice.sql.relay': 'https://attacker.example' }),
      },
      settings: {
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'never',
      },
    });
    await signIn(editor, 'ada');
  });
  afterAll(() => editor?.close());

  it('has its SQL checked by the parser, and nothing of it is sent', async () => {
    expect(await editor.inHost((api) => api.workspace.isTrusted)).toBe(false);
    const uri = `file://${join(editor.workspace, 'a.sql')}`;
    await open(editor, uri);
    await expect.poll(() => marksIn(editor, uri), PATIENCE).toEqual(['Sluice syntax']);
    // As long as it takes elsewhere until the relay is asked, and more.
    await editor.page.waitForTimeout(3_000);
    expect(await explanations(editor.demo)).toBe(0);
  });

  it('sends what the person runs, to the relay that they chose', async () => {
    await run(editor);
    await expect.poll(() => sent(editor.demo), PATIENCE).toEqual(['SELECT EMAIL FROM CUSTOMERS']);
  });

  it('has a file that is on no disk checked and run as any other', async () => {
    await editor.inHost((api) => {
      const text = 'SELECT 5 AS ON_NO_DISK;\nSELCT 2;\n';
      const nothing = () => {
        throw api.FileSystemError.NoPermissions('read only');
      };
      api.workspace.registerFileSystemProvider('nodisk', {
        onDidChangeFile: () => ({ dispose() {} }),
        watch: () => ({ dispose() {} }),
        stat: ({ path }) => ({ type: path === '/' ? 2 : 1, ctime: 0, mtime: 0, size: text.length }),
        readDirectory: () => [['b.sql', 1]],
        readFile: () => new TextEncoder().encode(text),
        createDirectory: nothing,
        writeFile: nothing,
        delete: nothing,
        rename: nothing,
      });
    });
    await open(editor, 'nodisk:/b.sql');
    await expect.poll(() => marksIn(editor, 'nodisk:/b.sql'), PATIENCE).toEqual(['Sluice syntax']);
    await run(editor);
    await expect.poll(() => sent(editor.demo), PATIENCE).toContain('SELECT 5 AS ON_NO_DISK');
  });
});

describe.skipIf(!hasEditor)('a window whose only folder is on no disk', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor({
      workspaceFile: 'remote.code-workspace',
      files: {
        'remote.code-workspace': JSON.stringify({ folders: [{ name: 'shop', uri: 'memory:/shop' }] }),
      },
    });
    // As an extension for a repository that is not checked out does.
    await editor.inHost((api) => {
      const files = new Map([
        [
          '/shop/report.sql',
          'SELECT ID, EMAIL FROM CUSTOMERS;\nSELECT NAME FROM CUSTOMERS WHERE CARD_NUMBER = 4;\n',
        ],
        ['/shop/.env', 'SNOWFLAKE_ACCOUNT=xy12345\nSNOWFLAKE_PASSWORD=Zk3-pQ9vLm2x\n'],
      ]);
      const missing = (uri: { path: string }) => api.FileSystemError.FileNotFound(uri.path);
      const changed = new api.EventEmitter<never[]>();
      api.workspace.registerFileSystemProvider(
        'memory',
        {
          onDidChangeFile: changed.event,
          watch: () => new api.Disposable(() => {}),
          stat: (uri) => {
            const text = files.get(uri.path);
            if (text === undefined && uri.path !== '/shop' && uri.path !== '/') throw missing(uri);
            const type = text === undefined ? api.FileType.Directory : api.FileType.File;
            return { type, ctime: 0, mtime: 0, size: text?.length ?? 0 };
          },
          readDirectory: (uri) =>
            uri.path === '/shop'
              ? [...files.keys()].map((path) => [path.slice('/shop/'.length), api.FileType.File])
              : [],
          readFile: (uri) => {
            const text = files.get(uri.path);
            if (text === undefined) throw missing(uri);
            return new TextEncoder().encode(text);
          },
          writeFile: (uri, bytes) => void files.set(uri.path, new TextDecoder().decode(bytes)),
          createDirectory: () => {},
          delete: (uri) => void files.delete(uri.path),
          rename: () => {},
        },
        { isCaseSensitive: true },
      );
    });
    await signIn(editor, 'ada');
  });
  afterAll(() => editor?.close());

  it('is virtual to the editor, which runs the extension there all the same', async () => {
    const told = await editor.inHost((api) => ({
      schemes: api.workspace.workspaceFolders?.map(({ uri }) => uri.scheme),
      isActive: api.extensions.getExtension('sluice.sluice')?.isActive,
    }));
    expect(told).toEqual({ schemes: ['memory'], isActive: true });
  });

  it('has a file of it checked, by the parser and by the relay', async () => {
    await open(editor, 'memory:/shop/report.sql');
    await expect
      .poll(() => marksIn(editor, 'memory:/shop/report.sql'), PATIENCE)
      .toEqual(expect.arrayContaining(['Sluice uses']));
  });

  it('runs a statement of it, and shows the rows', async () => {
    await run(editor);
    await expect.poll(() => sent(editor.demo), PATIENCE).toContain('SELECT ID, EMAIL FROM CUSTOMERS');
    await webviewWith(editor.page, '.grid-masked');
  });

  it('has what is open of it looked at for ways around the relay', async () => {
    await open(editor, 'memory:/shop/.env');
    await expect
      .poll(() => marksIn(editor, 'memory:/shop/.env'), PATIENCE)
      .toEqual(expect.arrayContaining([expect.stringContaining('static-credential')]));
  });

  it('says why the hook cannot be set up in it', async () => {
    await editor.inHost(({ commands }) => void commands.executeCommand('sluice.installHook'));
    const choices = editor.page.locator('.quick-input-list .monaco-list-row');
    await choices.filter({ hasText: 'For everybody who works in this folder' }).first().click();
    await expect
      .poll(() => editor.notifications(), PATIENCE)
      .toContainEqual(expect.stringContaining('Open a folder that is on a disk first'));
  });
});
