import { type Manner, pieces } from './characters.ts';

/** What is shown of a text. */
export interface Shortened {
  readonly head: string;
  /** Characters between the two that are not shown; 0 only when all is shown in `head`. */
  readonly left: number;
  /** Empty when the end is not asked for. */
  readonly tail: string;
}

/** @param most - characters, as they are shown. @param end - whether to keep a third of them for the end. */
export function shorten(text: string, manner: Manner, most: number, end: boolean): Shortened {
  const forTail = end ? Math.floor(most / 3) : 0;
  let shown = '';
  let head = { shown: '', end: 0 };
  for (const piece of pieces(text, manner)) {
    shown += piece.shown;
    if (shown.length > most) return withoutMiddle(text, manner, head, forTail);
    if (shown.length <= most - forTail) head = { shown, end: piece.end };
  }
  return { head: shown, left: 0, tail: '' };
}

function withoutMiddle(
  text: string,
  manner: Manner,
  head: { readonly shown: string; readonly end: number },
  forTail: number,
): Shortened {
  // Not all of it, even where the end takes less room by itself than it did with what stands before it.
  const from = boundary(text, Math.max(head.end + 1, text.length - forTail));
  const last = [...pieces(text.slice(from), manner)];
  let tail = '';
  let start = text.length;
  for (const [index, { shown }] of [...last.entries()].toReversed()) {
    if (shown.length + tail.length > forTail) break;
    tail = shown + tail;
    start = from + (last[index - 1]?.end ?? 0);
  }
  return { head: head.shown, left: charactersIn(text.slice(head.end, start)), tail };
}

/** Not between the halves of a surrogate pair. */
export function boundary(text: string, at: number): number {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff ? at + 1 : at;
}

/** Code points. */
export function charactersIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) count += 1;
  return count;
}
