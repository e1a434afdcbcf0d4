import type { PowerMonitor } from 'electron';
import type { LiveWebSocket } from '@sluice/contract';
import type { Secrets } from '../secrets/secrets.ts';
import type { Act } from './relay.ts';

/** What the relays are given of the system. */
export interface RelaysOptions {
  /** Of this app's own, for this person: Electron's `userData`. */
  readonly folder: string;
  readonly secrets: Secrets;
  /** What relays know this computer by: its name. */
  readonly deviceName: string;
  /** Electron's `shell.openExternal`; given https addresses, and http on this machine, alone. */
  readonly openExternal: (url: string) => Promise<void>;
  readonly powerMonitor: Pick<PowerMonitor, 'on' | 'off'>;
  /** Electron's `net.isOnline`. */
  readonly isOnline: () => boolean;
  /** Asks the person about an act outside of any page, "no" being what happens if they just press a key. */
  readonly confirm: (act: Act) => Promise<boolean>;
  /** Electron's `net.fetch` goes by the system's proxy and certificates; Node's own when it is left out. */
  readonly fetch?: typeof fetch;
  readonly webSocket?: (url: string) => LiveWebSocket;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after?: (ms: number, run: () => void) => () => void;
  /** A new id for a relay. */
  readonly newId?: () => string;
}
