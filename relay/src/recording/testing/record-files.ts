import { headFile, highWaterFile, signersFromFile, vaultFromFile } from '../index.ts';

/** What a record keeps outside of its store, in a folder: for programs that are killed, and opened again. */
export function recordFiles(folder: string) {
  return {
    vault: vaultFromFile(`${folder}/payload.keys`, { create: true }),
    signers: signersFromFile(`${folder}/signing.key`, { create: true }),
    heads: headFile(`${folder}/signed-head.json`),
    highWater: highWaterFile(`${folder}/high-water`),
  };
}
