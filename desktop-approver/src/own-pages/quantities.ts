/** A size in words: `176 MB`. */
export function inBytes(bytes: number): string {
  const at = Math.max(
    0,
    UNITS.findLastIndex((_, power) => bytes >= 1_024 ** power),
  );
  const value = bytes / 1_024 ** at;
  return `${value.toFixed(value < 10 && at > 0 && !Number.isInteger(value) ? 1 : 0)} ${UNITS[at]}`;
}

const UNITS = ['bytes', 'KB', 'MB', 'GB'] as const;
