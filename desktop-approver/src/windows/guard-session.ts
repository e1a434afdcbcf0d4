import type { AppSession } from '../electron.ts';
import { hostOf, PAGE_SCHEME } from '../pages/addresses.ts';

/** What no page of the app may ever do, whatever runs in it. */
export function guardSession(session: AppSession): void {
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(mayHave(permission, contents.getURL()));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => mayHave(permission, origin));
  session.setDevicePermissionHandler(() => false);
  // Nothing of the web is ever loaded: pages, images, scripts, requests of theirs.
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isLocal(url) }));
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${PAGE_SCHEME}://`)) event.preventDefault();
  });
}

/** Electron gives every permission that nobody refuses. Pages copy what people point at, and need nothing else. */
function mayHave(permission: string, address: string): boolean {
  return permission === 'clipboard-sanitized-write' && hostOf(address) !== null;
}

function isLocal(url: string): boolean {
  return hostOf(url) !== null || url.startsWith(`blob:${PAGE_SCHEME}://`) || /^(data|devtools):/.test(url);
}
