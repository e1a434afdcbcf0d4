import type { KeptText } from '@sluice/sign-in';
import type { Secrets } from './secrets.ts';

/** One of the app's secrets. */
export function secretText(secrets: Secrets, name: string): KeptText {
  return {
    read: async () => await secrets.read(name),
    write: async (text) => await secrets.write(name, text),
    remove: async () => await secrets.remove(name),
  };
}
