import type { ApprovalSummary } from '@sluice/contract';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RelayId, RelayState } from '../relays/relay.ts';
import { iconOf, menuOf, type TrayActs } from './tray.ts';
import { overlayOf } from '../windows/overlay.ts';
import { trayStateOf } from './tray-state.ts';

const ALARM = { at: '', why: 'rewritten', message: '', kept: '', shown: '', proof: [] } as const;
const request = (id: string, sentence = `Ada updates ${id}`) =>
  ({ id, sentence, risk: { level: 'low', because: [] } }) as unknown as ApprovalSummary;
const state = (changes: Partial<RelayState> = {}): RelayState => ({
  id: 'acme' as RelayId,
  url: 'https://acme.example.com',
  name: 'Acme',
  connection: { type: 'connected' },
  person: { name: 'Grace', id: 'g', until: null, isKept: true },
  pending: [],
  device: { type: 'unknown' },
  record: { key: null, kept: null },
  alarm: null,
  ...changes,
});
const OFFLINE = { type: 'offline', error: { code: '', message: '', advice: '' } } as const;

describe('the tray', () => {
  it.each([
    ['idle', [state()], 0],
    ['pending', [state({ pending: [request('1')] }), state({ pending: [request('2'), request('3')] })], 3],
    ['offline', [state({ pending: [request('1')] }), state({ connection: OFFLINE })], 1],
    ['offline', [state({ person: null, connection: { type: 'signed_out', because: null } })], 0],
    ['offline', [], 0],
    ['alarm', [state({ alarm: ALARM }), state({ connection: OFFLINE })], 0],
    ['idle', [state({ connection: { type: 'connecting' } })], 0],
  ] as const)('is %s', (look, relays, pending) => {
    expect(trayStateOf(relays)).toEqual({ look, pending });
  });

  it.each(['darwin', 'win32', 'linux'] as const)('has an icon for each state on %s', (platform) => {
    const icons = join(import.meta.dirname, '../../icons');
    for (const look of ['idle', 'pending', 'offline', 'alarm'] as const) {
      for (const isDark of [true, false]) {
        const name = iconOf(look, platform, isDark);
        const files = [name, name.replace('.png', '@2x.png')];
        expect(files.filter((file) => !existsSync(join(icons, file)))).toEqual([]);
      }
    }
  });

  it.each([
    ['nothing', [state()], null],
    ['how many wait', [state({ pending: [request('1'), request('2')] })], 'overlay-2.png'],
    [
      'that more wait than can be read',
      [state({ pending: Array.from({ length: 10 }, (_, at) => request(`${at}`)) })],
      'overlay-more.png',
    ],
    [
      'that it is cut off',
      [state({ pending: [request('1')] }), state({ connection: OFFLINE })],
      'overlay-offline.png',
    ],
    ['an alarm', [state({ alarm: ALARM })], 'overlay-alarm.png'],
  ] as const)('says %s on the taskbar of Windows', (_, relays, icon) => {
    const overlay = overlayOf(trayStateOf(relays));
    expect(overlay?.icon ?? null).toBe(icon);
    if (overlay === null) return;
    expect(overlay.text).toMatch(/^Sluice: /);
    for (const file of [overlay.icon, overlay.icon.replace('.png', '@2x.png')]) {
      expect(existsSync(join(import.meta.dirname, '../../icons', file))).toBe(true);
    }
  });

  it('leads to what waits, and says how much more there is', () => {
    const opened: string[] = [];
    const acts = { openRequest: (_: RelayId, id: string) => opened.push(id) } as unknown as TrayActs;
    const pending = Array.from({ length: 9 }, (_, at) => request(`${at}`, `A & B ${'x'.repeat(200)}`));
    const relays = [state({ pending })];
    const menu = menuOf({ ...trayStateOf(relays), relays, isQuiet: true, acts });
    const waiting = menu.filter(({ label }) => label?.startsWith('A ') === true);
    expect(waiting).toHaveLength(6);
    // Windows and Linux underline what comes after one ampersand.
    expect(waiting[0]!.label).toMatch(/^A && B x+…$/);
    expect(menu.map(({ label }) => label)).toContain('and 3 more');
    expect(menu.find(({ label }) => label === 'Do not disturb')).toMatchObject({ checked: true });
    waiting[1]!.click!(null as never, undefined, null as never);
    expect(opened).toEqual(['1']);
  });
});
