import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppModule } from '../electron.ts';

/** A start of which nothing is shown but the tray's icon. */
export const HIDDEN = '--hidden';

export interface LoginParts {
  readonly app: Pick<AppModule, 'getPath' | 'setLoginItemSettings'>;
  readonly platform: NodeJS.Platform;
  /** The program that is started. */
  readonly program: string;
}

/**
 * Whether the app starts when the person signs in to this computer. Electron does it on macOS and Windows; elsewhere it is
 * a file (Desktop Application Autostart Specification, freedesktop.org).
 *
 * @throws when the file cannot be written.
 */
export function startAtLogin({ app, platform, program }: LoginParts, does: boolean): void {
  if (platform === 'darwin' || platform === 'win32') {
    app.setLoginItemSettings({ openAtLogin: does, args: [HIDDEN] });
    return;
  }
  const folder = join(app.getPath('appData'), 'autostart');
  const file = join(folder, 'sluice.desktop');
  if (!does) return rmSync(file, { force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, entryOf(program));
}

function entryOf(program: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Sluice',
    'Comment=Tells of requests that wait for your decision',
    `Exec=${quoted(program)} ${HIDDEN}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Desktop Entry Specification, "The Exec key": in double quotes, with these escaped; then as any string of the file. */
function quoted(program: string): string {
  const argument = program.replaceAll(/["`$\\]/g, (character) => `\\${character}`).replaceAll('%', '%%');
  return `"${argument.replaceAll('\\', '\\\\')}"`;
}
