import { styleText } from 'node:util';

/** Colours a text by what it is to its reader. Only repeats what the words say: they are whole without it. */
export type Paint = (role: PaintRole, text: string) => string;

export type PaintRole = 'title' | 'good' | 'caution' | 'bad' | 'aside';

/** For one stream: nothing where it is no terminal. NO_COLOR, NODE_DISABLE_COLORS and FORCE_COLOR are honoured. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (role, text) => styleText(STYLES[role], text, { stream });
}

/** For what is no terminal's. */
export const unpainted: Paint = (_, text) => text;

/** What the effect of a decision is to whoever asked. */
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

/** Colours that stay legible on a light ground and on a dark one. */
const STYLES = {
  title: 'bold',
  good: 'green',
  caution: 'yellow',
  bad: 'red',
  aside: 'dim',
} as const;
