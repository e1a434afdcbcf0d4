import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, it, type TestContext } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type MadeStore, makeStore } from './make-store.ts';
import { fileDamages, indexDamages } from './file-damage.ts';
import { copyName, damages } from './store-damage.ts';
import type { Damage } from './table-damage.ts';
import { askBoth, disagreements, findPython, type Verified } from './two-verifiers.ts';

const folder = temporaryFolder();
let found: Awaited<ReturnType<typeof findPython>>;
let made: MadeStore;

beforeAll(async () => {
  found = await findPython();
  made = await makeStore(folder);
});

function pythonOrSkip(test: TestContext): string {
  return 'python' in found ? found.python : test.skip(found.missing);
}

it('finds intact what a relay has written, with either key', async (test) => {
  const stores = made.keys.map((key) => ({ file: made.file, keys: [key], what: key }));
  for (const { first, second } of await askBoth(pythonOrSkip(test), stores)) {
    expect(first).toContain('{"intact":true');
    expect(second).toBe(first);
  }
});

it('agrees with `sluice verify` about every damage to a store, and neither ends without a report', async (test) => {
  const python = pythonOrSkip(test);
  const damaged = damagedStores((db) => [...sample(damages(db)), ...fileDamages(db)]);
  expect(damaged.length).toBeGreaterThan(300);
  const opinions = await askBoth(python, damaged);
  expect(disagreements(opinions)).toEqual([]);
  const intact = opinions.filter(({ first }) => first.includes('"intact":true')).map(({ what }) => what);
  expect(intact.filter((what) => !HARMLESS.some((each) => each.test(what)))).toEqual([]);
  const verdicts = opinions.map(({ first }) => first.split(/[ ,:]/)[0]);
  expect(new Set(verdicts)).toEqual(
    new Set(['{"intact"', 'unreadable', 'altered', 'reordered', 'removed', 'forged']),
  );
});

it('says nothing else of a store than of its log when an index leads elsewhere', async (test) => {
  const python = pythonOrSkip(test);
  const [asMade] = await askBoth(python, [{ file: made.file, keys: made.keys.slice(0, 1), what: 'as made' }]);
  const opinions = await askBoth(python, damagedStores(indexDamages));
  // Whoever reads by position finds the record that it was; but an index of fewer entries than there are events is no relay's.
  for (const { what, second } of opinions)
    expect
      .soft(second, what)
      .toBe(what.includes('only some') ? 'unreadable, event null/null' : asMade!.second);
  const misled = opinions.filter(({ first }) => first !== asMade!.first);
  expect(misled.length).toBeGreaterThan(10);
  for (const { what, first } of misled) expect.soft(first, what).toMatch(/^(unreadable|removed), event /);
});

/** What takes nothing from what trusted keys have signed. */
const HARMLESS = [
  // What is behind the newest checkpoint is not signed yet, and reported as that. Relays know it by its MAC.
  / behind the session of /,
  /^the last |[^t] the last( on)? is deleted|^the session of the last ends with it$/,
  /^removed body loses body and salt$|of removed body: nothing$/,
  // There is nothing before a first event, and nothing behind a last one.
  /^the session of .* (begins|ends) with it$/,
  // The later ones cover what it covered. With a checkpoint that was kept, that is found.
  /^the checkpoint of \d+ is deleted$|^the checkpoint of \d+: the text of the first$/,
  /^MACs /,
  // They are looked up by an index alone, and opened by whoever has the keys.
  / of recorded_data_key is all /,
  // Beside the record's tables, or how the file is laid out.
  /somebody_elses|recorded_more|user_version|VACUUM|ANALYZE|kysely_migration/,
];

/** All of them take minutes. */
function sample(all: readonly Damage[]): readonly Damage[] {
  const every = Number(process.env['SLUICE_DAMAGES_EVERY'] ?? 3);
  return all.filter((_, index) => index % every === 0);
}

function damagedStores(damagesOf: (db: DatabaseSync) => readonly Damage[]): readonly Verified[] {
  const original = new DatabaseSync(made.file, { readOnly: true });
  const all = damagesOf(original);
  original.close();
  return all.map(({ what, apply, applyToFile }) => {
    const file = join(folder, copyName());
    copyFileSync(made.file, file);
    const db = new DatabaseSync(file, { defensive: false });
    db.exec('PRAGMA synchronous = OFF');
    apply(db);
    db.close();
    applyToFile?.(file);
    return { file, keys: made.keys.slice(0, 1), like: made.file, what };
  });
}
