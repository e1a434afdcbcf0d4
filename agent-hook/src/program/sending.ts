/** Handing attempts that are kept on this machine to the relay. */
export { spoolFolder } from './hook-places.ts';
export { readSettings } from './hook-settings.ts';
export { type Sent, sendAttempts } from './send-attempts.ts';
export { openSpool, type Spool } from './spool.ts';
