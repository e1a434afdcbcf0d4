import { styleText } from 'node:util';

/** Colours a text by its role. Colours only repeat what the words say; the text is complete without them. */
export type Paint = (role: PaintRole, text: string) => string;

export type PaintRole = 'title' | 'good' | 'caution' | 'bad' | 'aside';

/** For one stream; no colours if it is not a terminal. NO_COLOR, NODE_DISABLE_COLORS and FORCE_COLOR are honoured. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (role, text) => styleText(STYLES[role], text, { stream });
}

/** For output that does not go to a terminal. */
export const unpainted: Paint = (_, text) => text;

/** The role of a decision's effect, as the caller sees it. */
export function roleOf(effect: 'allow' | 'mask' | 'ask' | 'block'): PaintRole {
  switch (effect) {
    case 'allow':
      return 'good';
    case 'mask':
    case 'ask':
      return 'caution';
    case 'block':
      return 'bad';
    default:
      return effect satisfies never;
  }
}

/** Colours that are legible on light and on dark backgrounds. */
const STYLES = {
  title: 'bold',
  good: 'green',
  caution: 'yellow',
  bad: 'red',
  aside: 'dim',
} as const;
