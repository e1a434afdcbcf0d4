import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { standIn } from '../testing/electron-stand-in.ts';
import { requestOfLink, wantedOf } from './deep-link.ts';
import { startAtLogin } from './start-at-login.ts';

const ID = 'a4b6c1de-0000-4000-8000-000000000000';
const folder = mkdtempSync(join(tmpdir(), 'sluice-login-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a link', () => {
  it('carries the id of a request', () => {
    expect(requestOfLink(`sluice://request/${ID}`)).toBe(ID);
    expect(requestOfLink(`sluice://request/${ID}/`)).toBe(ID);
  });

  it.each([
    `sluice://request/${ID}?verdict=approve`,
    `sluice://request/${ID}#approve`,
    `sluice://request/${ID}/approve`,
    `sluice://approve/${ID}`,
    `sluice://grace@request/${ID}`,
    `sluice://request/../${ID}`,
    `sluice://request/${ID}\nx`,
    `sluice:request/${ID}`,
    `SLUICE://request/${ID}`,
    'sluice://request/------------------------------------',
    'sluice://request/1',
    'sluice://request/',
    `https://request/${ID}`,
    '',
  ])('that is %j carries nothing', (link) => {
    expect(requestOfLink(link)).toBeNull();
  });

  it('is found among what a start is given, and nothing is taken for a file that is a switch', () => {
    expect(wantedOf(['/opt/sluice', '--no-sandbox', `sluice://request/${ID}`])).toEqual({
      type: 'request',
      id: ID,
    });
    expect(wantedOf(['sluice', '/home/grace/a b.sluice'])).toEqual({
      type: 'file',
      path: '/home/grace/a b.sluice',
    });
    expect(wantedOf(['sluice', 'C:\\Users\\grace\\a.sluice'])).toEqual({
      type: 'file',
      path: 'C:\\Users\\grace\\a.sluice',
    });
    for (const argument of ['--load=x.sluice', 'http://x/y.sluice', 'sluice://x.sluice', 'x.txt']) {
      expect([argument, wantedOf(['sluice', argument])]).toEqual([argument, null]);
    }
    // The program itself may be called so.
    expect(wantedOf(['/opt/x.sluice'])).toBeNull();
  });
});

describe('starting at login', () => {
  it('is Electron’s on macOS and Windows', () => {
    const stand = standIn({ userData: folder });
    startAtLogin({ app: stand.electron.app, platform: 'darwin', program: '/x' }, true);
    expect(stand.said.loginItem).toEqual({ openAtLogin: true, args: ['--hidden'] });
  });

  it('is a file elsewhere, in which the program’s path is no command', () => {
    const { app } = standIn({ userData: folder }).electron;
    const parts = { app, platform: 'linux', program: '/opt/My "Sluice" $HOME/100%\\x' } as const;
    startAtLogin(parts, true);
    const file = join(folder, 'autostart/sluice.desktop');
    expect(readFileSync(file, 'utf8')).toContain(
      'Exec="/opt/My \\\\"Sluice\\\\" \\\\$HOME/100%%\\\\\\\\x" --hidden\n',
    );
    startAtLogin(parts, false);
    expect(existsSync(file)).toBe(false);
    startAtLogin(parts, false);
  });
});
