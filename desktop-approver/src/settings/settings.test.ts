import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isQuiet } from './is-quiet.ts';
import { openSettings } from './settings-file.ts';
import { DEFAULT_SETTINGS } from './settings-schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const newFile = () => join(mkdtempSync(join(folder, 'one-')), 'settings.json');

describe('settings', () => {
  it('are kept, in one step, and told of', () => {
    const path = newFile();
    const file = openSettings(path);
    expect([file.now(), file.wasDamaged]).toEqual([DEFAULT_SETTINGS, false]);
    let told = 0;
    file.onChange(() => (told += 1));
    file.save({ ...DEFAULT_SETTINGS, startsAtLogin: true });
    expect(told).toBe(1);
    expect(openSettings(path).now()).toEqual({ ...DEFAULT_SETTINGS, startsAtLogin: true });
    expect(readdirSync(join(path, '..'))).toEqual(['settings.json']);
  });

  it.each([
    ['no JSON', '{"version":1,'],
    ['of another version', JSON.stringify({ ...DEFAULT_SETTINGS, version: 2 })],
    ['with something more', JSON.stringify({ ...DEFAULT_SETTINGS, approves: true })],
    ['with keys that are none', JSON.stringify({ ...DEFAULT_SETTINGS, shortcut: 'L; rm' })],
  ])('that are %s are put aside for the defaults', (_, text) => {
    const path = newFile();
    writeFileSync(path, text);
    const file = openSettings(path);
    expect([file.now(), file.wasDamaged]).toEqual([DEFAULT_SETTINGS, true]);
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text);
  });

  it('are not saved unless they are valid', () => {
    const file = openSettings(newFile());
    expect(() => file.save({ ...DEFAULT_SETTINGS, shortcut: 'x' })).toThrow(/shortcut/);
    expect(file.now()).toEqual(DEFAULT_SETTINGS);
  });
});

describe('do not disturb', () => {
  const at = (time: string) => new Date(`2026-11-22T${time}:00`);
  const during = (from: string, to: string, now: string) =>
    isQuiet({ ...DEFAULT_SETTINGS, quiet: { isOn: false, hours: { from, to } } }, at(now));

  it.each([
    ['09:00', '17:00', '08:59', false],
    ['09:00', '17:00', '09:00', true],
    ['09:00', '17:00', '17:00', false],
    ['22:00', '07:00', '23:30', true],
    ['22:00', '07:00', '06:59', true],
    ['22:00', '07:00', '07:00', false],
    ['22:00', '07:00', '12:00', false],
  ])('from %s to %s, at %s: %s', (from, to, now, is) => {
    expect(during(from, to, now)).toBe(is);
  });

  it('holds until it is turned off', () => {
    expect(isQuiet({ ...DEFAULT_SETTINGS, quiet: { isOn: true, hours: null } }, at('12:00'))).toBe(true);
    expect(isQuiet(DEFAULT_SETTINGS, at('12:00'))).toBe(false);
  });
});
