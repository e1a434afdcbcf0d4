import type { Create } from './index.ts';

/** Whether what is created is only its session's. */
export function isTemporaryCreate({ modifiers }: Pick<Create, 'modifiers'>): boolean {
  return modifiers.some(({ text }) => /\b(TEMP|TEMPORARY|VOLATILE)\b/.test(text));
}
