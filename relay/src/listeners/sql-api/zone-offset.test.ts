import { expect, it } from 'vitest';
import { zoneOffsets } from './zone-offset.ts';

const at = (text: string) => Date.parse(text) / 1_000;

it.each([
  ['Etc/UTC', '2024-07-01T00:00:00Z', 0],
  ['Europe/Zurich', '2024-01-15T23:30:00Z', 60],
  ['Europe/Zurich', '2024-07-31T23:30:00Z', 120],
  // The hour in which the clocks change.
  ['Europe/Zurich', '2024-03-31T00:59:59Z', 60],
  ['Europe/Zurich', '2024-03-31T01:00:00Z', 120],
  ['America/St_Johns', '2024-01-01T00:10:00Z', -210],
  ['Asia/Kathmandu', '2024-12-31T20:00:00Z', 345],
  ['Pacific/Kiritimati', '2024-12-31T23:59:30Z', 840],
  ['Nowhere/Else', '2024-07-01T00:00:00Z', 0],
])('%s at %s: %d minutes', (zone, moment, minutes) => {
  expect(zoneOffsets(zone)(at(moment))).toBe(minutes);
});

it('is of seconds with what is behind the point, too', () => {
  expect(zoneOffsets('Asia/Tokyo')(at('2024-07-01T00:00:00Z') + 0.25)).toBe(540);
});
