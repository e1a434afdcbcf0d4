import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import type { ElectronModules } from '../electron.ts';
import type { RelayState } from '../relays/relay.ts';
import { WORDS } from '../words.ts';
import type { TrayState } from './tray-state.ts';

export interface TrayParts {
  readonly electron: Pick<ElectronModules, 'Tray' | 'Menu' | 'nativeImage' | 'nativeTheme'>;
  readonly platform: NodeJS.Platform;
  /** Where the icons are. */
  readonly icons: string;
  readonly onClick: () => void;
}

export interface TrayView extends TrayState {
  readonly relays: readonly RelayState[];
  readonly isQuiet: boolean;
  readonly acts: TrayActs;
}

export interface TrayActs {
  openRequest(relay: RelayState['id'], request: string): void;
  openRelay(relay: RelayState['id']): void;
  openDownloads(): void;
  manageDownloads(): void;
  openRelays(): void;
  openSettings(): void;
  openAlarm(relay: RelayState['id']): void;
  setQuiet(isOn: boolean): void;
  quit(): void;
}

/** The icon in the menu bar or the taskbar, with everything that the app can do behind it. */
export function createTray({ electron, platform, icons, onClick }: TrayParts) {
  const { Tray, Menu, nativeImage, nativeTheme } = electron;
  const imageOf = (look: TrayState['look']) =>
    nativeImage.createFromPath(join(icons, iconOf(look, platform, nativeTheme.shouldUseDarkColors)));
  let look: TrayState['look'] = 'offline';
  const tray = new Tray(imageOf(look));
  tray.on('click', onClick);
  nativeTheme.on('updated', () => tray.setImage(imageOf(look)));
  return {
    show(view: TrayView) {
      if (view.look !== look) {
        look = view.look;
        tray.setImage(imageOf(look));
      }
      tray.setToolTip(WORDS.tray.tip(view.look, view.pending));
      tray.setContextMenu(Menu.buildFromTemplate(menuOf(view)));
    },
    end: () => tray.destroy(),
  };
}

/** macOS colours a template by itself; elsewhere there is one for light and one for dark bars. */
export function iconOf(look: TrayState['look'], platform: NodeJS.Platform, isDark: boolean): string {
  return platform === 'darwin' ? `${look}Template.png` : `${look}-${isDark ? 'dark' : 'light'}.png`;
}

export function menuOf({ relays, isQuiet, acts, ...state }: TrayView): MenuItemConstructorOptions[] {
  const words = WORDS.tray;
  const alarms = relays.flatMap(({ id, name, alarm }) =>
    alarm === null ? [] : [{ label: words.alarm(name), click: () => acts.openAlarm(id) }],
  );
  const waiting = relays.flatMap(({ id, pending }) =>
    pending.map((request) => ({
      label: shortened(request.sentence, request.risk.level === 'high' ? '▲ ' : ''),
      click: () => acts.openRequest(id, request.id),
    })),
  );
  const more = waiting.length - MOST;
  return [
    { label: words.tip(state.look, state.pending), enabled: false },
    ...alarms,
    { type: 'separator' },
    ...waiting.slice(0, MOST),
    ...(more > 0 ? [{ label: words.more(more), enabled: false }] : []),
    ...(waiting.length > 0 ? [{ type: 'separator' as const }] : []),
    ...relays.map(({ id, name, connection, person }) => ({
      label: words.relay(name, person === null ? 'signed_out' : connection.type),
      click: () => acts.openRelay(id),
    })),
    { label: words.downloads, click: () => acts.openDownloads() },
    { label: words.manage, click: () => acts.manageDownloads() },
    { type: 'separator' },
    {
      label: words.quiet,
      type: 'checkbox',
      checked: isQuiet,
      click: ({ checked }) => acts.setQuiet(checked),
    },
    { label: words.relays, click: () => acts.openRelays() },
    { label: words.settings, click: () => acts.openSettings() },
    { label: words.quit, click: () => acts.quit() },
  ];
}

const MOST = 6;

/** A menu is no place to read a request: its window has all of it. An ampersand would underline what comes after it. */
function shortened(sentence: string, mark: string): string {
  const text = sentence.length > 80 ? `${sentence.slice(0, 79)}…` : sentence;
  return `${mark}${text}`.replaceAll('&', '&&');
}
