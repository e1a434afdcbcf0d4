/** Minutes that a zone is to the east of UTC at a moment (seconds since the epoch); 0 of one that is not known. */
export function zoneOffsets(timeZone: string): (epochSeconds: number) => number {
  const format = formatOf(timeZone);
  if (format === null) return () => 0;
  return (epochSeconds) => {
    const parts = new Map(
      format.formatToParts(epochSeconds * 1_000).map(({ type, value }) => [type, Number(value)]),
    );
    const of = (part: Intl.DateTimeFormatPartTypes) => parts.get(part) ?? 0;
    const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
    return Math.round((local / 1_000 - epochSeconds) / 60);
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  const one = 'numeric';
  const parts = { year: one, month: one, day: one, hour: one, minute: one, second: one } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...parts });
  } catch {
    return null;
  }
}
