import type { ElectronModules } from '../electron.ts';
import { DOWNLOADS_HOST, OWN_HOST } from '../pages/addresses.ts';
import type { RelayBook } from '../ports.ts';
import type { RelayId } from '../relays/relay.ts';
import { WORDS } from '../words.ts';
import type { Windows } from './windows.ts';

/** What the app can be made to show, from the tray, a notification, a link or another page. */
export interface Places {
  request(relay: RelayId, request: string): void;
  relay(relay: RelayId): void;
  downloads(path?: string): void;
  own(path: '/relays' | '/downloads' | '/settings'): void;
  alarm(): void;
  /** What somebody wants to see who asks for the app: an alarm, then who waits, then how to begin. */
  first(): void;
}

export function showPlaces(
  windows: Pick<Windows, 'show'>,
  relays: Pick<RelayBook, 'list' | 'get'>,
  app: Pick<ElectronModules['app'], 'dock'>,
): Places {
  const relayAt = (id: RelayId, path: string) => {
    const state = relays.get(id)?.state();
    if (state === undefined) return;
    void app.dock?.show();
    const mayOpen = [new URL(state.url).origin];
    windows.show({ host: id, path, title: WORDS.windows.requests(state.name), mayOpen });
  };
  const places: Places = {
    request: (id, request) => relayAt(id, `/console/approvals/${request}`),
    relay: (id) => relayAt(id, '/console'),
    downloads(path = '/console/sessions') {
      windows.show({ host: DOWNLOADS_HOST, path, title: WORDS.windows.downloads });
    },
    own(path) {
      // Not in the place of an alarm.
      const shown = hasAlarm(relays) ? '/alarm' : path;
      windows.show({ host: OWN_HOST, path: shown, title: WORDS.windows.own });
    },
    alarm() {
      const window = windows.show({ host: OWN_HOST, path: '/alarm', title: WORDS.windows.own });
      window.setAlwaysOnTop(true);
    },
    first() {
      const list = relays.list();
      const waits = list.find((relay) => relay.state().pending.length > 0) ?? list[0];
      if (hasAlarm(relays)) places.alarm();
      else if (waits === undefined) places.own('/relays');
      else places.relay(waits.id);
    },
  };
  return places;
}

export function hasAlarm(relays: Pick<RelayBook, 'list'>): boolean {
  return relays.list().some((relay) => relay.state().alarm !== null);
}
