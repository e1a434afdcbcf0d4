import { createPublicKey } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesOf, readPublicKeys, verifyExport, verifyStore } from '@sluice/relay/recording/index.ts';
import { openToRead } from '@sluice/relay/store/index.ts';
import { type DemoRecord, recordDemo } from './a-demo-record.ts';
import { checkExport } from './check-export.ts';
import { checkStore } from './check-store.ts';

let demo: DemoRecord;
beforeAll(async () => {
  demo = await recordDemo();
});
afterAll(() => {
  rmSync(demo.data, { recursive: true });
});

async function* pieces(text: string) {
  yield Buffer.from(text);
}
const spki = (pem: string) => createPublicKey(pem).export({ type: 'spki', format: 'der' });

it('agrees on exports', async () => {
  for (const { name, key, text } of demo.exports) {
    const [ours, theirs] = [
      await verifyExport(linesOf(pieces(text)), readPublicKeys(key)),
      await checkExport(pieces(text), [spki(key)]),
    ];
    console.log(name, text.length, ours, theirs);
  }
});
it('agrees on the store', async () => {
  const database = openToRead(demo.store);
  console.log(
    await verifyStore(database, readPublicKeys(demo.newKey)),
    checkStore(demo.store, [spki(demo.newKey)], [demo.kept as never]),
    checkStore(demo.store, [spki(demo.oldKey)], [demo.kept as never]),
  );
  await database.destroy();
});
