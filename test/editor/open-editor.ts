import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type * as vscode from 'vscode';
import { type Demo, type DemoOptions, startDemo } from '@sluice/demo';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { type CodeServerOptions, hasCodeServer, installExtensions, startCodeServer } from './code-server.ts';
import { packed } from './packed.ts';

/** Whether this machine has what it takes: `describe.skipIf(!hasEditor)`. */
export const hasEditor = hasBrowser && hasCodeServer;

/** VS Code with the extension as it ships, in a browser, beside a demo relay. */
export interface Editor {
  readonly page: Page;
  readonly demo: Demo;
  /** The folder that is open in it. */
  readonly workspace: string;
  /** What the editor keeps: settings, logs, the extensions' own storage. */
  readonly data: string;
  /**
   * Runs a function where extensions run, and gives back what it returns. It is carried there as text: it sees nothing but its
   * two arguments, and both ways pass what JSON can hold.
   */
  inHost<Argument, Value>(
    run: (api: typeof vscode, argument: Argument) => Value | PromiseLike<Value>,
    argument?: Argument,
  ): Promise<Awaited<Value>>;
  /** By the command palette, as a person does: what is typed there, `Sluice: Show Log`. */
  command(title: string): Promise<void>;
  /** The window anew, as *Reload Window* does: extensions start again. */
  reload(): Promise<void>;
  /** The texts of the notifications that are shown. */
  notifications(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface EditorOptions {
  /** Of the workspace, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** The person's own settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Packaged extensions of the test's own (`.vsix`), beside it and the probe. */
  readonly extensions?: readonly string[];
  /** One that runs; it is the caller's to close. */
  readonly demo?: Demo;
  readonly demoOptions?: DemoOptions;
  readonly asksForTrust?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly context?: BrowserContextOptions;
  /** Otherwise one of its own. */
  readonly browser?: Browser;
  /** Opened in place of a folder: a path of a workspace file among `files`. */
  readonly workspaceFile?: string;
}

export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  const closing: (() => Promise<unknown> | void)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    return await opened(options, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function opened(
  options: EditorOptions,
  closing: (() => Promise<unknown> | void)[],
  close: () => Promise<void>,
): Promise<Editor> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-editor-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [data, workspace, probe] = [join(folder, 'data'), join(folder, 'workspace'), join(folder, 'probe')];
  mkdirSync(workspace, { recursive: true });
  for (const [path, text] of Object.entries(options.files ?? {})) write(join(workspace, path), text);
  write(join(data, 'User/settings.json'), JSON.stringify({ ...SETTINGS, ...options.settings }));

  const serverOptions: CodeServerOptions = {
    data,
    env: { SLUICE_TEST_PROBE: probe, ...options.env },
    asksForTrust: options.asksForTrust ?? false,
  };
  await installExtensions(serverOptions, [...(await packed()), ...(options.extensions ?? [])]);
  const demo =
    options.demo ?? (await startDemo({ customers: 50, logLevel: 'silent', ...options.demoOptions }));
  if (options.demo === undefined) closing.push(async () => await demo.close());
  const server = await startCodeServer(serverOptions);
  closing.push(async () => await server.close());
  const browser = options.browser ?? (await openBrowser());
  if (options.browser === undefined) closing.push(async () => await browser.close());
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options.context });
  closing.push(async () => await context.close());
  const page = await context.newPage();

  const { workspaceFile } = options;
  const query =
    workspaceFile === undefined
      ? `folder=${encodeURIComponent(workspace)}`
      : `workspace=${encodeURIComponent(join(workspace, workspaceFile))}`;
  let port = '';
  const visit = async () => {
    rmSync(probe, { force: true });
    await page.goto(`${server.url}/?${query}`, { timeout: PATIENCE_MS });
    await page.locator('.monaco-workbench').waitFor({ timeout: PATIENCE_MS });
    // The probe speaks once extensions run.
    port = await spoken(probe);
  };
  await visit();

  const editor: Editor = {
    page,
    demo,
    workspace,
    data,
    inHost: async (run, argument) => {
      const body = JSON.stringify({ source: run.toString(), argument: argument ?? null });
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
      const answer = (await response.json()) as { readonly value?: unknown; readonly error?: string };
      if (answer.error !== undefined) throw new Error(`in the extension host: ${answer.error}`);
      return answer.value as never;
    },
    async command(title) {
      await page.keyboard.press('F1');
      const input = page.locator('.quick-input-widget input');
      await input.waitFor();
      await input.fill(`>${title}`);
      await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title }).waitFor();
      await page.keyboard.press('Enter');
    },
    async reload() {
      await visit();
      await editor.inHost(activated);
    },
    notifications: async () => await page.locator('.notification-list-item-message').allInnerTexts(),
    close,
  };
  await editor.inHost(activated);
  return editor;
}

async function activated(api: typeof vscode): Promise<void> {
  const extension = api.extensions.getExtension('sluice.sluice');
  if (extension === undefined) throw new Error('the extension is not installed');
  await extension.activate();
}

/** For what a busy machine may take long to show. */
const PATIENCE_MS = 120_000;

/** A quiet editor: nothing of it but what the test is about. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'workbench.colorTheme': 'Default Light Modern',
};

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What a file holds, once it is there. */
async function spoken(file: string): Promise<string> {
  for (const begun = Date.now(); Date.now() - begun < PATIENCE_MS; await sleep(100)) {
    if (existsSync(file)) return readFileSync(file, 'utf8');
  }
  throw new Error('no extension runs yet');
}
