import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Overview } from '@sluice/contract';
import { startDemo, type Demo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orSkip, pythonProgram } from '../drivers/other-drivers.ts';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { signIn } from './sign-in.ts';

const SECRET = 'Tr0ub4dor-and-3';
const FILES = {
  '.gitignore': '.env\nnode_modules/\n',
  '.env': `SNOWFLAKE_ACCOUNT=acme-prod\nSNOWFLAKE_USER=ada\nSNOWFLAKE_PASSWORD=${SECRET}\n`,
  'ops/connections.toml': `[shop]\naccount = "acme-prod"\nuser = "ada"\npassword = "${SECRET}"\nwarehouse = "WH"\n`,
  'load.py': `import snowflake.connector\n\ncon = snowflake.connector.connect(\n    account="acme-prod",\n    user="ada",\n    password="${SECRET}",\n)\nprint(con.cursor().execute("SELECT COUNT(*) FROM CUSTOMERS").fetchone()[0])\n`,
  '.vscode/mcp.json':
    '{\n  "servers": {\n    "snow": { "command": "uvx", "args": ["mcp-server-snowflake"] }\n  }\n}\n',
  'node_modules/x/config.js': `require('snowflake-sdk').createConnection({ account: 'acme-prod', password: '${SECRET}' });\n`,
  'README.md': 'Set `SNOWFLAKE_PASSWORD=your-password`.\n',
};

const screenshotOf = (name: string) =>
  fileURLToPath(new URL(`../../docs/screenshots/${name}.png`, import.meta.url));

/** What is found, by file: where and what it is called in the problems. */
async function found(editor: Editor): Promise<Readonly<Record<string, readonly string[]>>> {
  return await editor.inHost((api) => {
    const all = api.languages
      .getDiagnostics()
      .map(([uri, list]) => [uri, list.filter(({ source }) => source === 'Sluice')] as const)
      .filter(([, list]) => list.length > 0)
      .map(
        ([uri, list]) =>
          [
            api.workspace.asRelativePath(uri),
            list.map(
              ({ code, range }) =>
                `${code as string} ${range.start.line + 1}:${range.start.character + 1}-${range.end.character + 1}`,
            ),
          ] as const,
      );
    return Object.fromEntries(all);
  });
}

describe.skipIf(!hasEditor)('ways around the relay, in the editor', () => {
  let demo: Demo;
  let editor: Editor;
  beforeAll(async () => {
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    editor = await openEditor({
      files: FILES,
      demo,
      settings: { 'sluice.findings.relays': [demo.relay.url] },
    });
  });
  afterAll(async () => {
    await editor?.close();
    await demo?.close();
  });

  it('are among the problems, at their places, though git ignores the file; packages’ are not', async () => {
    await expect
      .poll(() => found(editor), { timeout: 60_000 })
      .toEqual({
        '.env': ['static-credential 3:20-35'],
        'ops/connections.toml': ['static-credential 4:13-28'],
        'load.py': ['static-credential 6:15-30'],
        '.vscode/mcp.json': ['direct-server 3:13-67'],
      });
  });

  it('are told in words, and no word of it holds a value', async () => {
    const texts = await editor.inHost((api) =>
      api.languages.getDiagnostics().flatMap(([, list]) => list.map(({ message }) => message)),
    );
    expect(texts.join('\n')).toContain('`SNOWFLAKE_PASSWORD` is a static credential');
    expect(texts.join('\n')).not.toContain(SECRET);
  });

  it('open no connection, whatever is looked at, opened or mended', async () => {
    const opened = await editor.inHost(async (api) => {
      const net = process.getBuiltinModule('node:net');
      const seen: string[] = [];
      const { connect } = net.Socket.prototype;
      net.Socket.prototype.connect = function (this: never, ...args: unknown[]) {
        seen.push(JSON.stringify(args[0]));
        return connect.apply(this, args as never);
      };
      try {
        // Looks anew, and says so in a notification that nobody answers.
        void api.commands.executeCommand('sluice.findings.look');
        const uri = api.Uri.joinPath(api.workspace.workspaceFolders![0]!.uri, 'load.py');
        const document = await api.workspace.openTextDocument(uri);
        const whole = new api.Range(0, 0, document.lineCount, 0);
        await api.commands.executeCommand('vscode.executeCodeActionProvider', uri, whole);
        await new Promise((done) => setTimeout(done, 2_000));
      } finally {
        net.Socket.prototype.connect = connect;
      }
      return seen;
    });
    expect(opened).toEqual([]);
  });

  it('are pointed at the relay after a look at what changes, and a driver that reads the file reaches it', async (test) => {
    await pointAtRelay(editor, 'ops/connections.toml', 'show me first');
    const { port } = new URL(demo.relay.url);
    const file = join(editor.workspace, 'ops/connections.toml');
    await expect
      .poll(() => readFileSync(file, 'utf8'))
      .toBe(
        `[shop]\naccount = "sluice"\nuser = "ada"\nhost = "127.0.0.1"\nport = ${port}\nprotocol = "http"\nauthenticator = "oauth"\nwarehouse = "WH"\n`,
      );
    await expect.poll(async () => Object.keys(await found(editor))).not.toContain('ops/connections.toml');

    const python = orSkip(await pythonProgram(), test);
    chmodSync(file, 0o600);
    const code = [
      'import os, pathlib, sys, snowflake.connector as sf',
      'c = sf.connect(connection_name="shop", connections_file_path=pathlib.Path(sys.argv[1]), token=os.environ["SLUICE_TOKEN"])',
      'print(c.cursor().execute("SELECT COUNT(*) FROM CUSTOMERS").fetchone()[0])',
    ].join('\n');
    const { stdout } = await promisify(execFile)(python.command, ['-c', code, file], {
      env: { ...process.env, SLUICE_TOKEN: await demo.tokenFor('ada') },
    });
    expect(stdout.trim()).toBe('50');
  });

  it('are what they were when the fix is undone', async () => {
    await editor.inHost(async (api) => {
      const uri = api.Uri.joinPath(api.workspace.workspaceFolders![0]!.uri, 'ops/connections.toml');
      await api.window.showTextDocument(uri);
      await api.commands.executeCommand('undo');
      await api.workspace.saveAll();
    });
    await expect
      .poll(() => readFileSync(join(editor.workspace, 'ops/connections.toml'), 'utf8'))
      .toBe(FILES['ops/connections.toml']);
    await expect.poll(async () => Object.keys(await found(editor))).toContain('ops/connections.toml');
  });

  it('are found while somebody types, and are gone when the text is', async () => {
    await editor.inHost(async (api) => {
      const uri = api.Uri.joinPath(api.workspace.workspaceFolders![0]!.uri, '.env');
      const edit = new api.WorkspaceEdit();
      edit.insert(uri, new api.Position(2, 0), '# sluice:ignore a user of the emulator\n');
      await api.workspace.applyEdit(edit);
    });
    await expect.poll(async () => Object.keys(await found(editor))).not.toContain('.env');
  });

  it.each(['Light', 'Dark'])('look like this: %s', async (theme) => {
    await editor.inHost(async (api, theme) => {
      await api.commands.executeCommand('workbench.action.closeAuxiliaryBar');
      const settings = api.workspace.getConfiguration('workbench');
      await settings.update('colorTheme', `Default ${theme} Modern`, api.ConfigurationTarget.Global);
      await api.commands.executeCommand('notifications.clearAll');
      const uri = api.Uri.joinPath(api.workspace.workspaceFolders![0]!.uri, 'load.py');
      await api.window.showTextDocument(uri, { selection: new api.Range(5, 16, 5, 16) });
      await api.commands.executeCommand('workbench.actions.view.problems');
    }, theme);
    await editor.page.locator('.markers-panel .monaco-list-row').first().waitFor();
    await editor.page.screenshot({ path: screenshotOf(`editor-findings-${theme.toLowerCase()}`) });
    expect(await editor.page.locator('.markers-panel').innerText()).toContain('static-credential');
  });
});

describe.skipIf(!hasEditor)('ways around the relay, where a workspace is not trusted', () => {
  let editor: Editor;
  /** What a stranger would put in: settings that hide, and that lead tokens elsewhere. */
  const hostile = {
    'sluice.findings.enabled': false,
    'sluice.findings.ignore': [{ path: '**', reason: 'nothing to see' }],
    'sluice.findings.relays': ['https://attacker.example', 'https://acme-prod.snowflakecomputing.com'],
    'sluice.findings.reportCounts': 'always',
  };
  beforeAll(async () => {
    editor = await openEditor({
      asksForTrust: true,
      workspaceFile: 'two.code-workspace',
      files: {
        'two.code-workspace': JSON.stringify({
          folders: [{ path: 'one' }, { path: 'two' }],
          settings: hostile,
        }),
        'one/.env': FILES['.env'],
        'one/.vscode/settings.json': JSON.stringify(hostile),
        'two/load.py': FILES['load.py'],
      },
      settings: {
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'never',
      },
    });
  });
  afterAll(() => editor?.close());

  it('are found in each of its folders, whatever its own settings say', async () => {
    expect(await editor.inHost((api) => api.workspace.isTrusted)).toBe(false);
    await expect
      .poll(() => found(editor), { timeout: 60_000 })
      .toEqual({ 'one/.env': ['static-credential 3:20-35'], 'two/load.py': ['static-credential 6:15-30'] });
  });

  it('are pointed at no relay that the workspace names', async () => {
    const titles = await editor.inHost(async (api) => {
      const uri = api.Uri.joinPath(api.workspace.workspaceFolders![0]!.uri, '.env');
      await api.workspace.openTextDocument(uri);
      const actions = await api.commands.executeCommand<{ readonly title: string }[]>(
        'vscode.executeCodeActionProvider',
        uri,
        api.languages.getDiagnostics(uri)[0]!.range,
      );
      return actions.map(({ title }) => title);
    });
    expect(titles).toContain('Sign in to a relay, to point it there');
    expect(titles.join()).not.toMatch(/attacker|Point it at/);
  });

  it('are found in a folder that is on no disk', async () => {
    await editor.inHost((api) => {
      const texts = new Map([['/.env', 'SNOWFLAKE_ACCOUNT=acme-prod\nSNOWFLAKE_PASSWORD=Tr0ub4dor-and-3\n']]);
      const stat = (path: string) => {
        const text = texts.get(path);
        if (path !== '/' && text === undefined) throw api.FileSystemError.FileNotFound(path);
        return { type: text === undefined ? 2 : 1, ctime: 0, mtime: 0, size: text?.length ?? 0 };
      };
      const nothing = () => {
        throw api.FileSystemError.NoPermissions('read only');
      };
      api.workspace.registerFileSystemProvider('nodisk', {
        onDidChangeFile: () => ({ dispose() {} }),
        watch: () => ({ dispose() {} }),
        stat: ({ path }) => stat(path),
        readDirectory: () => [...texts.keys()].map((path) => [path.slice(1), 1]),
        readFile: ({ path }) => new TextEncoder().encode(texts.get(path)),
        createDirectory: nothing,
        writeFile: nothing,
        delete: nothing,
        rename: nothing,
      });
      return api.workspace.updateWorkspaceFolders(2, 0, { uri: api.Uri.parse('nodisk:/'), name: 'three' });
    });
    await expect
      .poll(
        async () =>
          await editor.inHost((api) =>
            api.languages
              .getDiagnostics(api.Uri.parse('nodisk:/.env'))
              .map(({ code, range }) => `${code as string} ${range.start.line}`),
          ),
        { timeout: 60_000 },
      )
      .toEqual(['static-credential 1']);
  });
});

describe.skipIf(!hasEditor)('how many there are', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor({ files: { '.env': FILES['.env'], 'load.py': FILES['load.py'] } });
  });
  afterAll(() => editor?.close());

  /** Reports that the relay has counted, as the security team sees them. */
  async function reports(): Promise<number> {
    const now = Date.now();
    const query = new URLSearchParams({
      since: new Date(now - 3_600_000).toISOString(),
      before: new Date(now + 3_600_000).toISOString(),
    });
    const response = await fetch(`${editor.demo.relay.url}/api/overview?${query.toString()}`, {
      headers: { authorization: `Bearer ${await editor.demo.decidingTokenFor('alan')}` },
    });
    const { activity, uncounted } = (await response.json()) as Overview;
    return uncounted > 0 ? -1 : activity.reduce((sum, { found }) => sum + found, 0);
  }

  it('is told to the relay when the person has seen what is sent and agreed, and not before', async () => {
    await signIn(editor, 'ada');
    const question = editor.page
      .locator('.notification-list-item', { hasText: 'Tell the security team' })
      .first();
    // A toast goes after a while, and only three are shown: the list has them all.
    await expect
      .poll(async () => {
        if (await question.isVisible()) return true;
        await editor.inHost(({ commands }) => commands.executeCommand('notifications.showList'));
        return await question.isVisible();
      })
      .toBe(true);
    const text = await question.innerText();
    expect(text).toContain('secrets: 2, keys: 0, direct connections: 0, MCP servers: 0, ignored: 0');
    expect(text).not.toMatch(/Tr0ub4dor|SNOWFLAKE_PASSWORD|load\.py/);
    await expect.poll(reports).toBe(0);
    await question.getByRole('button', { name: 'Send These Counts' }).click();
    await expect.poll(reports).toBe(1);
  });
});

/** By the light bulb, the preview and its button, as a person does. */
async function pointAtRelay(editor: Editor, path: string, title: string): Promise<void> {
  const { page } = editor;
  await editor.inHost(async (api, path) => {
    const uri = api.Uri.joinPath(api.workspace.workspaceFolders![0]!.uri, path);
    const at = api.languages.getDiagnostics(uri)[0]!.range.start;
    await api.window.showTextDocument(uri, { selection: new api.Range(at, at) });
  }, path);
  await editor.inHost(async (api) => {
    await api.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    void api.commands.executeCommand('editor.action.quickFix');
  });
  const action = page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
  await action.waitFor();
  await action.click();
  const apply = page.locator('.monaco-button', { hasText: 'Apply' });
  await apply.waitFor();
  await editor.inHost((api) => api.commands.executeCommand('notifications.clearAll'));
  await page.locator('.bulk-edit-panel').locator('.edit-checkbox, .monaco-checkbox').first().click();
  await page.screenshot({ path: screenshotOf('editor-findings-preview-light') });
  await apply.click();
  await expect
    .poll(
      async () =>
        await editor.inHost(async (api) => {
          const dirty = api.workspace.textDocuments.some(({ isDirty }) => isDirty);
          if (dirty) await api.workspace.saveAll();
          return dirty;
        }),
    )
    .toBe(true);
}
