import type { TrayState } from '../tray/tray-state.ts';
import { WORDS } from '../words.ts';

/** What Windows shows on a window's button in the taskbar, where it has no badge with a number. */
export interface Overlay {
  /** A file of `icons/`. */
  readonly icon: string;
  /** Read out by screen readers. */
  readonly text: string;
}

/** By shape as the tray has it, and how many wait: one that is cut off may have more than it knows of. Null where all is well. */
export function overlayOf({ look, pending }: TrayState): Overlay | null {
  const text = WORDS.tray.tip(look, pending);
  switch (look) {
    case 'alarm':
    case 'offline':
      return { icon: `overlay-${look}.png`, text };
    case 'pending':
      return { icon: `overlay-${pending > MOST ? 'more' : pending}.png`, text };
    case 'idle':
      return null;
    default:
      return look satisfies never;
  }
}

/** What can be read in 16 pixels. */
const MOST = 9;
