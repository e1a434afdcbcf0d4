import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject, vi } from 'vitest';

/**
 * A setup file of every test: what a test exports, in its own process, is also written to the folder that
 * `every-export.ts` compares the two verifiers on, with the public key that it is signed with.
 */
vi.mock(import('../../relay/src/recording/export/export-session.ts'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    async *exportSession(options: Parameters<typeof original.exportSession>[0]) {
      const file = join(inject('keptExports'), randomUUID());
      for await (const text of original.exportSession(options)) {
        appendFileSync(`${file}.sluice`, text);
        yield text;
      }
      // Last: a file without its key was not written to its end, or its key is not known here.
      if (options.attestation === null) return;
      const { signer } = options.attestation;
      writeFileSync(`${file}.pub`, signer.publicKey.export({ type: 'spki', format: 'pem' }));
    },
  };
});
