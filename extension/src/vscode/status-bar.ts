import * as vscode from 'vscode';
import type { Words } from '../words.ts';
import type { SluiceContext } from './context.ts';
import type { KnownRelay, Relays } from './relays.ts';

/** Which relay statements go to, who one is there, how many wait, and whether it is reached; a menu behind it. */
export function registerStatusBar({ relays, words }: SluiceContext): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('sluice.status', vscode.StatusBarAlignment.Left, 0);
  item.name = words.status.name;
  item.command = 'sluice.showMenu';
  const show = () => {
    const look = lookOf(relays.chosen(), relays.known().length, words.status);
    item.text = look.text;
    item.tooltip = look.tooltip;
    item.backgroundColor = look.colour === null ? undefined : new vscode.ThemeColor(look.colour);
    item.accessibilityInformation = { label: look.label, role: 'button' };
    item.show();
    // What the palette and the walkthrough go by.
    void vscode.commands.executeCommand('setContext', 'sluice.hasRelay', relays.chosen() !== null);
    void vscode.commands.executeCommand('setContext', 'sluice.isSignedIn', relays.current() !== null);
  };
  show();
  return vscode.Disposable.from(
    item,
    relays.onDidChange(show),
    vscode.commands.registerCommand('sluice.showMenu', async () => await showMenu(relays, words.status)),
  );
}

interface Look {
  readonly text: string;
  /** For a screen reader, which has no icons. */
  readonly label: string;
  readonly tooltip: vscode.MarkdownString;
  readonly colour: string | null;
}

function lookOf(relay: KnownRelay | null, known: number, words: Words['status']): Look {
  const { person = null, connection = null, pending = 0 } = relay?.state ?? {};
  if (relay === null || connection === null || person === null || connection.type === 'signed_out') {
    const because = connection?.type === 'signed_out' ? connection.because : null;
    const lines = [words.signedOutTip, ...(because === null ? [] : [sentence(because.message)])];
    return {
      text: `$(shield) ${words.signIn}`,
      label: words.signIn,
      tooltip: markdown(lines),
      // Whom somebody else has signed out is told.
      colour: because === null ? null : 'statusBarItem.warningBackground',
    };
  }
  const { type } = connection;
  const waiting = pending === 0 ? '' : ` $(watch) ${words.waiting(pending)}`;
  const trouble =
    type === 'offline' || type === 'refused'
      ? [sentence(connection.error.message), sentence(connection.error.advice)]
      : [];
  return {
    text: `$(${ICONS[type]}) ${escapeIcons(person.name)} · ${escapeIcons(relay.name)}${waiting}`,
    label: words.accessible(words.states[type], person.name, relay.name, pending),
    tooltip: markdown([
      words.person(escapeMarkdown(person.name), escapeMarkdown(relay.name)),
      words[type],
      ...trouble.map(escapeMarkdown),
      // Away from the relay, nobody knows what waits there now.
      ...(type === 'connected' ? [words.pending(pending)] : []),
      ...(known > 1 ? [words.others(known - 1)] : []),
    ]),
    colour: COLOURS[type],
  };
}

/** Different by shape: nobody has to tell colours apart. */
const ICONS = {
  connecting: 'sync~spin',
  connected: 'shield',
  offline: 'debug-disconnect',
  refused: 'error',
} as const;

const COLOURS = {
  connecting: null,
  connected: null,
  offline: 'statusBarItem.warningBackground',
  refused: 'statusBarItem.errorBackground',
} as const;

async function showMenu(relays: Relays, { menu }: Words['status']): Promise<void> {
  const isSignedIn = relays.current() !== null;
  const known = relays.known().length;
  const connection = relays.chosen()?.state?.connection.type;
  const entries: readonly (readonly [label: string, icon: string, command: string, isShown: boolean])[] = [
    [menu.signIn, 'sign-in', 'sluice.signIn', !isSignedIn && known > 0],
    [menu.reconnect, 'sync', 'sluice.reconnect', connection === 'offline' || connection === 'refused'],
    [menu.use, 'arrow-swap', 'sluice.useRelay', known > 1],
    [menu.console, 'link-external', 'sluice.openConsole', known > 0],
    [menu.add, 'add', 'sluice.addRelay', true],
    [menu.signInAgain, 'sign-in', 'sluice.signIn', isSignedIn],
    [menu.signOut, 'sign-out', 'sluice.signOut', isSignedIn],
    [menu.remove, 'trash', 'sluice.removeRelay', known > 0],
    [menu.walkthrough, 'book', 'sluice.openWalkthrough', true],
    [menu.log, 'output', 'sluice.showLog', true],
  ];
  const items = entries.flatMap(([label, icon, command, isShown]) =>
    isShown ? [{ label: `$(${icon}) ${label}`, command }] : [],
  );
  const chosen = await vscode.window.showQuickPick(items, { title: menu.title });
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}

function markdown(paragraphs: readonly string[]): vscode.MarkdownString {
  return new vscode.MarkdownString(paragraphs.filter((text) => text !== '').join('\n\n'));
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A person's name is whatever their issuer says: it is shown, and is no link and no icon. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, String.raw`\$&`);
}

function escapeIcons(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}
