import type { Settings } from './settings-schema.ts';

/** Whether nobody is to be disturbed now. */
export function isQuiet({ quiet }: Settings, now: Date): boolean {
  if (quiet.isOn) return true;
  if (quiet.hours === null) return false;
  const { from, to } = quiet.hours;
  const clock = `${String(now.getHours()).padStart(2, '0')}:${String(now.getMinutes()).padStart(2, '0')}`;
  return from <= to ? from <= clock && clock < to : clock >= from || clock < to;
}
