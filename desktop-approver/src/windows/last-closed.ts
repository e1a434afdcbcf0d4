import type { ElectronModules } from '../electron.ts';
import type { SettingsFile } from '../settings/settings-file.ts';
import { WORDS } from '../words.ts';

/** The last window was closed: goes on in the tray, or ends, as its person has chosen; the first time it asks. */
export async function lastClosed(
  { app, dialog }: Pick<ElectronModules, 'app' | 'dialog'>,
  settings: Pick<SettingsFile, 'now' | 'save'>,
): Promise<void> {
  const { staysInTray } = settings.now();
  if (staysInTray === false) return app.quit();
  if (staysInTray === true) return;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: WORDS.product,
    message: WORDS.trayOrQuit.message,
    detail: WORDS.trayOrQuit.detail,
    buttons: [WORDS.trayOrQuit.keep, WORDS.trayOrQuit.quit],
    defaultId: 0,
    cancelId: 0,
  });
  settings.save({ ...settings.now(), staysInTray: response === 0 });
  if (response !== 0) app.quit();
}
