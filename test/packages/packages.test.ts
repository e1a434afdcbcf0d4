import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { installPackages, manifestOf, shipped } from '../support/installed-packages.ts';
import { oldNode } from '../support/nodes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const temporary = temporaryFolder();
const { folder, folderOf } = installPackages(shipped, join(temporary, 'all'));
const env = { ...process.env, TMPDIR: temporary, PATH: dirname(process.execPath) };

describe.each(shipped)('the package of %s/', (workspace) => {
  const folder = folderOf(workspace);
  const files = globSync('**/*', { cwd: folder, exclude: ['node_modules'], withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(folder, join(entry.parentPath, entry.name)));
  const manifest = manifestOf(folder);

  test('has what its manifest names, and a licence', () => {
    const exported = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    const named = [...Object.values(manifest.bin ?? {}), ...exported].map((target) =>
      posix.normalize(target),
    );
    expect(exported.length).toBeGreaterThan(0);
    expect(named.filter((file) => !files.includes(file))).toEqual([]);
    expect(files).toContain('LICENSE');
    expect(manifest).not.toHaveProperty('private');
    expect(manifest).not.toHaveProperty('devDependencies');
  });

  test('has every file that its files need', () => {
    const missing = files
      .filter((file) => /\.c?js$|\.d\.ts$/.test(file))
      .flatMap((file) => importedBy(file, readFileSync(join(folder, file), 'utf8')))
      .filter(({ needed }) => needed.every((other) => !files.includes(other)));
    expect(missing).toEqual([]);
  });

  // Neither what Node does not run under node_modules, nor what is for tests only.
  test('has no source and no test helper', () => {
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\.[^y]|testing|-fixtures\./.test(file))).toEqual([]);
  });
});

describe('the installed program', () => {
  it('says what it does, and checks a policy', () => {
    const help = sluice('--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: sluice /);
    const policy = join(folderOf('demo'), 'policy.yaml');
    expect(sluice('policy', 'check', policy)).toMatchObject({ status: 0, stderr: '' });
    expect(sluice('policy', 'test', policy)).toMatchObject({ status: 0, stderr: '' });
  });

  it('runs the demo, with masks, threads and the record', async () => {
    const demo = spawn(program(), ['demo', '--port', '0', '--customers', '2000'], {
      env,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void demo.kill('SIGKILL'));
    for await (const line of createInterface({ input: demo.stdout })) if (line.startsWith('Ctrl-C')) break;

    const one = sluice('sql', '--as', 'ada', '--json', 'SELECT CARD_NUMBER FROM CUSTOMERS WHERE ID = 1');
    expect(one).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\{"CARD_NUMBER":"\*+\d{4}"\}\n$/),
    });

    // So many masked values are masked on a thread, and so long a text is understood on one.
    const many = sluice('sql', '--as', 'ada', '--json', 'SELECT CARD_NUMBER FROM CUSTOMERS');
    expect(many.stderr).not.toContain('could not be masked');
    expect(many.stdout.trimEnd().split('\n')).toHaveLength(2000);
    const long = `SELECT COUNT(*) AS N FROM CUSTOMERS WHERE ID IN (${Array.from({ length: 9_000 }, (_, id) => id + 1).join()})`;
    expect(sluice('sql', '--as', 'ada', '--json', long)).toMatchObject({ status: 0, stdout: '{"N":2000}\n' });

    expect(sluice('sessions', 'list', '--json').stdout).toContain('ada');
    demo.kill('SIGTERM');
    expect(await once(demo, 'exit')).toEqual([0, null]);
  });

  it.skipIf(oldNode === null)('says in one line which Node it needs', () => {
    const { status, stdout, stderr } = spawnSync(oldNode!.path, [program(), '--help'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^sluice needs Node 24 or newer: this is v\d+\.\d+\.\d+\. Install it from https:\/\/nodejs\.org, and try again\.\n$/,
    );
  });

  function program(): string {
    return join(folder, 'node_modules/.bin/sluice');
  }

  function sluice(...args: readonly string[]) {
    return spawnSync(program(), args, { encoding: 'utf8', env, cwd: folder });
  }
});

it('works without the demo, and says where that is missing', () => {
  const bare = join(temporary, 'bare');
  cpSync(folder, bare, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => source !== folderOf('demo') && source !== join(folder, 'packed'),
  });
  const sluice = (...args: readonly string[]) =>
    spawnSync(join(bare, 'node_modules/.bin/sluice'), args, {
      encoding: 'utf8',
      env,
      cwd: bare,
      maxBuffer: 16 * 1024 * 1024,
    });
  expect(sluice('openapi')).toMatchObject({ status: 0, stderr: '' });
  expect(sluice('demo', '--port', '0')).toMatchObject({
    status: 2,
    stderr:
      'the demo is not installed\ninstall the package @sluice/demo of the same version beside @sluice/relay\n',
  });
});

it('can be imported, each by every name that its manifest exports', () => {
  const names = ['contract', 'snowflake-sql', 'relay', 'relay/config', 'relay/epoch', 'relay/identity']
    .concat(['relay/store', 'relay/warehouse', 'demo', 'demo/shop'])
    .map((name) => `@sluice/${name}`);
  writeFileSync(
    join(folder, 'imports.mjs'),
    `for (const name of ${JSON.stringify(names)}) console.log(Object.keys(await import(name)).length > 0);
    console.log(typeof (await import('@sluice/relay/policy.schema.json', { with: { type: 'json' } })).default);
    process.exit();`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, ['imports.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout.trimEnd().split('\n')).toEqual([...names.map(() => 'true'), 'object']);
});

it('has types for a strict consumer', () => {
  writeFileSync(
    join(folder, 'consumer.ts'),
    `import { createRelayClient, type ApprovalView } from '@sluice/contract';
    import { startRelay, type Relay } from '@sluice/relay';
    import { relayConfig } from '@sluice/relay/config';
    import type { Warehouse } from '@sluice/relay/warehouse';
    import { startDemo } from '@sluice/demo';

    export const client = createRelayClient({ url: 'http://127.0.0.1:1', token: '' });
    export const phase = (approval: ApprovalView): string => approval.summary.phase;
    export const demo = async (warehouse: Warehouse): Promise<string> => (await startDemo({ warehouse })).relay.url;
    export const config = relayConfig.parse({});
    export const start: (...given: Parameters<typeof startRelay>) => Promise<Relay> = startRelay;
    // @ts-expect-error -- no such option
    void startDemo({ customer: 1 });
    `,
  );
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2024',
    types: [],
    noEmit: true,
    skipLibCheck: true,
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }),
  );
  const compiler = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '--project', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

/** Imported, for types too, started as a thread or run, or read: each by the names that it may have. */
function importedBy(file: string, text: string) {
  const beside = (target: string) => posix.join(posix.dirname(file), target);
  const found = (pattern: RegExp) => Array.from(text.matchAll(pattern), ([, target]) => target!);
  const named = [
    ...found(/^(?:import|export|\})[^'"();=]*['"](\.{1,2}\/[^'"]+)['"];$/gm),
    ...found(/\bimport\(\s*['"](\.{1,2}\/[^'"]+)['"]/g),
    ...found(/\bnew URL\(\s*['"](\.{1,2}\/[^'"]+)['"],\s*import\.meta\.url/g),
    ...found(/\bthreadProgram\(import\.meta\.url, '([^']+)'\)/g).map((name) => `./${name}.js`),
  ].map(beside);
  // Declarations import declarations, by the names of their sources.
  const names = (target: string) =>
    file.endsWith('.d.ts') ? [target, target.replace(/\.(?:ts|js)$/, '.d.ts')] : [target];
  return named.map((target) => ({ file, needed: names(target) }));
}
