import * as vscode from 'vscode';
import { partsOf, type RelayAddress } from '../../findings/index.ts';
import type { SluiceContext } from '../context.ts';

/** Relays that a connection may lead to: those that the person is signed in to, and those of their own settings. */
export function relaysKnown({ accounts }: SluiceContext): readonly RelayAddress[] {
  const set = vscode.workspace.getConfiguration('sluice.findings').inspect<unknown>('relays');
  // Of the person's own settings alone, whatever the editor makes of a workspace's: a fix sends people's tokens there.
  const listed = Array.isArray(set?.globalValue) ? (set.globalValue as readonly unknown[]) : [];
  const own = listed.flatMap((url) => {
    const host = typeof url === 'string' && /^https?:\/\//.test(url) ? hostOf(url) : null;
    return host === null ? [] : [{ name: host, url: url as string }];
  });
  const signedIn = accounts.all().map(({ name, url }) => ({ name, url }));
  return [...signedIn, ...own.filter(({ url }) => !signedIn.some((each) => each.url === url))];
}

export function hostsOf(relays: readonly RelayAddress[]): readonly string[] {
  return relays.map((relay) => partsOf(relay).host.toLowerCase());
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}
