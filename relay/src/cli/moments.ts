import { revealed, type ShownText } from '../text/index.ts';

/**
 * The distance of a moment from now, for people: `in 58 min`, `in 3 h`, `5 min ago`.
 * @param now - milliseconds since the epoch
 */
export function inTime(moment: string, now: number): ShownText {
  const seconds = Math.round((Date.parse(moment) - now) / 1_000);
  const size = Math.abs(seconds);
  const [count, unit] =
    size < 60
      ? [size, 's']
      : size < 120 * 60
        ? [Math.round(size / 60), 'min']
        : size < 48 * 3_600
          ? [Math.round(size / 3_600), 'h']
          : [Math.round(size / 86_400), 'days'];
  return revealed(seconds < 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`);
}
