export { type ListedRelay, listedRelays, nameOfRelay } from './listed-relay.ts';
export { networkTrouble } from './network-trouble.ts';
export {
  type AccountConnection,
  type AccountState,
  type OpenAccount,
  openAccount,
  type OpenAccountOptions,
} from './open-account.ts';
export { acrossWindows } from './across-windows.ts';
