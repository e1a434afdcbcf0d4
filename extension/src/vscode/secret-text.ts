import type { KeptText } from '@sluice/sign-in';
import type * as vscode from 'vscode';

/** A secret of the extension, which the editor keeps encrypted by the system. */
export function secretText(secrets: vscode.SecretStorage, name: string): KeptText {
  return {
    async read() {
      const text = await secrets.get(name);
      return text === undefined ? { type: 'none' } : { type: 'found', text };
    },
    write: async (text) => await secrets.store(name, text),
    remove: async () => await secrets.delete(name),
  };
}
