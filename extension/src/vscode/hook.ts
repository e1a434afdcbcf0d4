import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as hookSetup from '@sluice/agent-hook/setup';
import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';

/** How often attempts that the hook has kept are handed to the relay. */
const EVERY_MS = 60_000;

/**
 * Sets the agents' hook up, writes the agent plugin, and hands the relay what the hook has stopped: with the token that the
 * editor keeps, so that none has to lie in a file for the hook.
 */
export function registerHook(context: SluiceContext): vscode.Disposable {
  const { accounts, log } = context;
  const send = () =>
    void sendKept(context).catch((error: unknown) => log.error(`attempts: ${String(error)}`));
  const timer = setInterval(send, EVERY_MS);
  return vscode.Disposable.from(
    vscode.commands.registerCommand('sluice.installHook', async () => await setUp(context)),
    vscode.commands.registerCommand('sluice.writePlugin', async () => await plugin(context)),
    accounts.onDidChange(send),
    { dispose: () => clearInterval(timer) },
  );
}

async function sendKept({ accounts }: SluiceContext): Promise<void> {
  const account = accounts.current();
  if (account === null) return;
  const { openSpool, sendAttempts, spoolFolder } = await import('@sluice/agent-hook/sending');
  const spool = openSpool(spoolFolder(process.env), Date.now);
  if (spool.count() === 0) return;
  await sendAttempts(spool, { url: account.url, token: await account.token() });
}

async function setUp(context: SluiceContext): Promise<void> {
  const words = context.words.agents.hook;
  const items = [
    { label: words.user, detail: words.userDetail, isUsers: true, isRemoved: false },
    { label: words.workspace, detail: words.workspaceDetail, isUsers: false, isRemoved: false },
    { label: words.removeUser, isUsers: true, isRemoved: true },
    { label: words.removeWorkspace, isUsers: false, isRemoved: true },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: words.where });
  if (chosen === undefined) return;
  const { isUsers, isRemoved } = chosen;
  const folder = isUsers ? undefined : await folderOnDisk(words.whichFolder);
  if (folder === null) return;
  if (folder === undefined && !isUsers) {
    void vscode.window.showErrorMessage(words.noFolder);
    return;
  }
  await telling(async (setup) => {
    const order = {
      folder: folder ?? '',
      env: process.env,
      isUsers,
      harnesses: ['copilot'],
      isTrial: false,
    } as const;
    if (isRemoved) return setup.uninstallHook(order);
    const command = isUsers ? `"${bringProgram(context)}" hook` : 'sluice hook';
    const url = context.accounts.current()?.url;
    return setup.installHook({ ...order, command, url });
  });
}

/** Of several folders, the one that the person picks. Undefined where none is on a disk, null where none was picked. */
async function folderOnDisk(title: string): Promise<string | null | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length < 2) return folders[0]?.uri.fsPath;
  const items = folders.map(({ name, uri }) => ({ label: name, description: uri.fsPath, path: uri.fsPath }));
  return (await vscode.window.showQuickPick(items, { title }))?.path ?? null;
}

/**
 * The hook's program in the extension's own storage, which stays where it is when the extension is updated, and what starts it
 * with the editor's Node. @returns the path of the latter.
 */
function bringProgram({ extension, extensionUri }: SluiceContext): string {
  const folder = join(extension.globalStorageUri.fsPath, 'hook');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'sluice.cjs');
  cpSync(join(extensionUri.fsPath, 'hook', 'sluice.cjs'), program);
  if (process.platform === 'win32') {
    const starter = join(folder, 'sluice.cmd');
    writeFileSync(starter, `@set ELECTRON_RUN_AS_NODE=1\r\n@"${process.execPath}" "${program}" %*\r\n`);
    return starter;
  }
  const starter = join(folder, 'sluice');
  writeFileSync(
    starter,
    `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted(process.execPath)} ${quoted(program)} "$@"\n`,
  );
  chmodSync(starter, 0o755);
  return starter;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

async function plugin(context: SluiceContext): Promise<void> {
  const words = context.words.agents.hook;
  const account = context.accounts.current();
  if (account === null) {
    void vscode.window.showErrorMessage(words.noRelay);
    return;
  }
  const picked = await vscode.window.showOpenDialog({
    title: words.plugin,
    openLabel: words.write,
    canSelectFiles: false,
    canSelectFolders: true,
  });
  const folder = picked?.[0]?.fsPath;
  if (folder === undefined) return;
  const source = join(context.extensionUri.fsPath, 'plugin');
  await telling((setup) => setup.writePlugin(source, folder, account.url));
}

type Setup = typeof hookSetup;

/** Shows what was done, or why nothing was. */
async function telling(
  work: (setup: Setup) => readonly string[] | Promise<readonly string[]>,
): Promise<void> {
  const setup = await import('@sluice/agent-hook/setup');
  try {
    void vscode.window.showInformationMessage((await work(setup)).join('; '));
  } catch (error) {
    if (!(error instanceof setup.SetupProblem)) throw error;
    void vscode.window.showErrorMessage(`${error.message}. ${error.advice}.`);
  }
}
