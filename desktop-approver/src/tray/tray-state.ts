import type { RelayState } from '../relays/relay.ts';

/** What the tray says at a glance, of all relays together. */
export interface TrayState {
  readonly look: 'idle' | 'pending' | 'offline' | 'alarm';
  /** Requests that wait for this person. */
  readonly pending: number;
}

/** What is worst counts: history that was rewritten, then requests that may come unseen, then those that wait. */
export function trayStateOf(relays: readonly RelayState[]): TrayState {
  const pending = relays.reduce((sum, relay) => sum + relay.pending.length, 0);
  if (relays.some(({ alarm }) => alarm !== null)) return { look: 'alarm', pending };
  if (relays.length === 0 || relays.some(isCutOff)) return { look: 'offline', pending };
  return { look: pending > 0 ? 'pending' : 'idle', pending };
}

function isCutOff({ connection }: RelayState): boolean {
  return connection.type !== 'connected' && connection.type !== 'connecting';
}
