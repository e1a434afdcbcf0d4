import { describe, expect, it } from 'vitest';
import { RELAYS } from '../../table/findings/case.ts';
import { FOUND } from '../../table/findings/found.ts';
import { FRESH, MISSED } from '../../table/findings/fresh.ts';
import { HARMLESS } from '../../table/findings/harmless.ts';
import { findIn } from './find.ts';

describe('what is found', () => {
  it.each([...FOUND, ...FRESH.filter(({ kinds }) => kinds !== '')])(
    '$path: $name',
    ({ name, path, text, kinds }) => {
      const found = findIn({ path, text }, { relays: RELAYS });
      expect(found.map(({ kind }) => kind).join(' ')).toBe(MISSED.includes(name) ? '' : kinds);
      for (const { start, end } of found) expect(end).toBeGreaterThan(start);
    },
  );
});

describe('what only looks like it', () => {
  it.each([...HARMLESS, ...FRESH.filter(({ kinds }) => kinds === '')])('$path: $name', ({ path, text }) => {
    const found = findIn({ path, text }, { relays: RELAYS });
    expect(found.map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)).toEqual([]);
  });
});
