import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';

/** Signing in and out, and the list of relays. Each takes the id of a relay, for menus and keys, and asks without. */
export function registerRelayCommands({ signIn, relays, words }: SluiceContext): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('sluice.signIn', async (id?: unknown) => await signIn.signIn(textOf(id))),
    vscode.commands.registerCommand(
      'sluice.signOut',
      async (id?: unknown) => await signIn.signOut(textOf(id)),
    ),
    vscode.commands.registerCommand('sluice.addRelay', async (address?: unknown) => {
      const relay = await signIn.addRelay(textOf(address));
      return relay && (await signIn.signIn(relay.id));
    }),
    vscode.commands.registerCommand(
      'sluice.removeRelay',
      async (id?: unknown) => await signIn.removeRelay(textOf(id)),
    ),
    vscode.commands.registerCommand(
      'sluice.useRelay',
      async (id?: unknown) => await signIn.chooseRelay(textOf(id)),
    ),
    vscode.commands.registerCommand('sluice.openConsole', async () => {
      const relay = relays.chosen();
      if (relay === null) return await vscode.window.showInformationMessage(words.signIn.none);
      return await vscode.env.openExternal(vscode.Uri.parse(`${relay.url}/console`, true));
    }),
    vscode.commands.registerCommand('sluice.reconnect', async () => {
      const relay = relays.chosen();
      if (relay !== null) (await relays.open(relay.id)).reconnect();
    }),
  );
}

/** A command may be called by a menu, with what the menu is about. */
function textOf(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : undefined;
}
