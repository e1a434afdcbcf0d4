import type { ElectronModules } from '../electron.ts';
import type { Downloads } from '../ports.ts';
import { startAtLogin } from '../system/start-at-login.ts';
import { WORDS } from '../words.ts';
import type { Settings } from './settings-schema.ts';

export interface ApplySettingsParts {
  readonly electron: Pick<ElectronModules, 'app' | 'globalShortcut'>;
  readonly platform: NodeJS.Platform;
  /** What is started at login. */
  readonly program: string;
  readonly downloads: Pick<Downloads, 'limitTo'>;
  readonly onShortcut: () => void;
  /** Told of what of them does not hold, in a sentence; also later. */
  readonly onNotice: (notice: string) => void;
}

/** Has the computer do what the settings say. */
export function applySettings(
  chosen: Settings,
  { electron, platform, program, downloads, onShortcut, onNotice }: ApplySettingsParts,
): void {
  const { app, globalShortcut } = electron;
  /** An accelerator that Electron does not know is an error of Electron's. */
  const registers = (shortcut: string) => {
    try {
      return globalShortcut.register(shortcut, onShortcut);
    } catch {
      return false;
    }
  };
  try {
    startAtLogin({ app, platform, program }, chosen.startsAtLogin);
  } catch {
    onNotice(WORDS.notices.login);
  }
  globalShortcut.unregisterAll();
  if (chosen.shortcut !== null && !registers(chosen.shortcut)) onNotice(WORDS.notices.shortcut);
  void downloads.limitTo(chosen.downloadsGiB * GIB).catch(() => onNotice(WORDS.notices.downloads));
}

const GIB = 2 ** 30;
