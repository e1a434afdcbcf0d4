import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap of this program small while it reads millions of rows, for a program that does nothing else. V8 would
 * let the part in which new objects begin grow to 96 MB, and promote what is garbage by then to the rest; and it would look
 * for garbage in the rest only when that had doubled. A verification of ten million events then takes 300 MB in place of 150, one from
 * a kept checkpoint 350 MB in place of 240, and neither takes more time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}
