import { CONSOLE_CALLS, CONSOLE_NEWS } from '@sluice/console/desktop-bridge';
import { APP_CALLS, APP_NEWS } from './app-calls.ts';

/**
 * Everything that pages and the main process say to each other. Both ends are made of it (`serve-calls.ts`,
 * `make-bridge.ts`), each checks what comes from the other, and nothing else goes between them.
 */
export const IPC = {
  /** Of the console's pages, for the relay whose they are; `window.sluice`. */
  console: { calls: CONSOLE_CALLS, news: CONSOLE_NEWS },
  /** Of the app's own pages; `window.sluiceApp`. */
  app: { calls: APP_CALLS, news: APP_NEWS },
} as const;

export type Face = keyof typeof IPC;

export function channelOf(face: Face, kind: 'call' | 'news', name: string): string {
  return `sluice.${face}.${kind}.${name}`;
}

/** How the preload script is told which face its window has. */
export const FACE_ARGUMENT = '--sluice-face=';
