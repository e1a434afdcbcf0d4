import { browserHost } from './browser-host.ts';
import type { DesktopBridge } from './desktop-bridge.ts';
import type { Host } from './host.ts';

declare global {
  interface Window {
    /** Put there by the desktop app's preload script. */
    readonly sluice?: DesktopBridge;
  }
}

/** Where these pages run. */
export async function openHost(): Promise<Host> {
  if (window.sluice === undefined) return browserHost();
  const { desktopHost } = await import('./desktop-host.ts');
  return await desktopHost(window.sluice);
}
