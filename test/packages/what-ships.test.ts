import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

// The parser's package is built, and tested as a stranger installs it: ../snowflake-sql.
describe.each(['contract', 'relay', 'demo'])('the package of %s/', (workspace) => {
  const folder = join(root, workspace);
  const packed = filesOf(folder);
  const entries = entriesOf(folder);
  const imports = new Map(
    packed
      .filter((file) => /\.c?ts$|\.c?js$/.test(file))
      .map((file) => [file, importedBy(file, readFileSync(join(folder, file), 'utf8'))]),
  );

  test('has what its manifest names', () => {
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter((entry) => !packed.includes(entry))).toEqual([]);
  });

  test('has every file that its files need', () => {
    const missing = [...imports].flatMap(([file, needed]) =>
      needed.filter((other) => !packed.includes(other)).map((other) => `${file} needs ${other}`),
    );
    expect(missing).toEqual([]);
  });

  // Whatever only tests use is not reached, whatever it is called.
  test('has no module that nothing in it needs', () => {
    const reached = new Set<string>();
    const waiting = [...entries];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      waiting.push(...(imports.get(file) ?? []));
    }
    expect([...imports.keys()].filter((file) => !reached.has(file) && !file.endsWith('.d.ts'))).toEqual([]);
  });
});

function filesOf(folder: string): readonly string[] {
  const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [packed] = JSON.parse(listed) as [{ readonly files: readonly { readonly path: string }[] }];
  return packed.files.map(({ path }) => path);
}

/** What its manifest leads others to: programs and exports. */
function entriesOf(folder: string): readonly string[] {
  const { bin = {}, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly bin?: Readonly<Record<string, string>>;
    readonly exports: Readonly<Record<string, string>>;
  };
  return [...Object.values(bin), ...Object.values(exports)].map((target) => posix.normalize(target));
}

/** Imported, for types too, started as a thread or run, or read. */
function importedBy(file: string, text: string): readonly string[] {
  const named = [
    /^(?:import|export|\})[^'"();=]*['"](\.{1,2}\/[^'"]+)['"];$/gm,
    /\bimport\(\s*['"](\.{1,2}\/[^'"]+)['"]/g,
    /\bnew URL\(\s*['"](\.{1,2}\/[^'"]+)['"],\s*import\.meta\.url/g,
    /\bpath\.join\(__dirname, ['"]([^'"]+)['"]\)/g,
  ].flatMap((pattern) => Array.from(text.matchAll(pattern), ([, target]) => target!));
  return named.map((target) => posix.join(posix.dirname(file), target));
}
