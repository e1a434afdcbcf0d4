import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { installedNodes } from '../support/nodes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder();
const consumer = join(folder, 'consumer');
const installed = join(consumer, 'node_modules/@sluice/snowflake-sql');

/** Built, packed and installed as a stranger would, but from a file and without a network. */
beforeAll(() => {
  const built = join(folder, 'built');
  execFileSync(process.execPath, [join(root, 'build-package.ts'), 'snowflake-sql', built], {
    stdio: 'inherit',
  });
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: built });
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module' }));
  const archive = join(folder, packed.toString().trim().split('\n').at(-1)!);
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', archive], {
    cwd: consumer,
  });
});

test('it holds JavaScript, declarations, README, licence, and no source', () => {
  const files = globSync('**/*.*', { cwd: installed });
  expect(files).toEqual(expect.arrayContaining(['index.js', 'index.d.ts', 'README.md', 'package.json']));
  expect(files.filter((file) => /(?<!\.d)\.ts$|test|samples/.test(file))).toEqual([]);
  expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toContain('Apache License');
});

test('its modules import each other and nothing else', () => {
  const imported = globSync('**/*.js', { cwd: installed }).flatMap((file) => {
    const text = readFileSync(join(installed, file), 'utf8');
    const named = text.matchAll(/^(?:import|export)(?:[^'"();=]*\bfrom)? ['"]([^'"]+)['"];$/gm);
    return [
      ...Array.from(named, ([, from]) => from!),
      ...(/\bimport\(/.test(text) ? [`${file}: import()`] : []),
    ];
  });
  expect(imported.length).toBeGreaterThan(100);
  expect(imported.filter((from) => !/^\.\.?\/.*\.js$/.test(from))).toEqual([]);
});

describe.each([...installedNodes])('with $path', ({ path: node }) => {
  const run = (script: string) => {
    writeFileSync(join(consumer, 'script.js'), script);
    return execFileSync(node, ['script.js'], { cwd: consumer, encoding: 'utf8' }).trimEnd().split('\n');
  };

  const readme = readFileSync(join(root, 'snowflake-sql/README.md'), 'utf8');
  const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);

  test.each([
    [
      'the first example',
      0,
      [
        "{ family: 'query', name: 'select' }",
        'reads people',
        '2 null',
        "NAME [ 'direct NAME' ]",
        "E [ 'expression EMAIL' ]",
        "[ 'equal ID' ]",
      ],
    ],
    ['the example of comments', 1, ["[ ' the key', ' secret ' ]", '0', 'secret']],
  ] as const)('%s of the README prints what it says', (_, index, expected) => {
    expect(run(examples[index]!)).toEqual(expected);
  });

  test('the example of an editor shows every problem', () => {
    const printed = run(examples[2]!).join('\n');
    expect(printed.match(/start: \d+/g)).toEqual(['start: 14', 'start: 33']);
    expect(printed).toContain("[ 'select broken', 'select fine' ]");
  });

  test('every way in can be imported', () => {
    const ways = ['', '/analysis', '/editor', '/execution'].map((way) => `'@sluice/snowflake-sql${way}'`);
    const script = `for (const way of [${ways.join()}]) console.log(Object.keys(await import(way)).length > 0)`;
    expect(run(script)).toEqual(ways.map(() => 'true'));
  });

  test('all samples are read, as they are from the sources', () => {
    const samples = join(root, 'snowflake-sql/src/samples.txt');
    const script = `import { readFileSync } from 'node:fs';
      import { analyze, split } from '@sluice/snowflake-sql';
      import { parseDraft } from '@sluice/snowflake-sql/editor';
      const texts = readFileSync(${JSON.stringify(samples)}, 'utf8').trimEnd().split('\\n').map((line) => line.replace(/^.*? \\| /, ''));
      const catalog = { find: (name) => ({ type: 'table', version: '1', name, columns: [{ name: 'A', type: 'VARCHAR' }] }) };
      const session = { database: 'D', schema: 'S', variables: new Map(), results: new Map() };
      for (const text of texts) { analyze(text, catalog, session); parseDraft(text); }
      console.log(texts.length, texts.filter((text) => split(text).failure !== null).length);`;
    const count = readFileSync(samples, 'utf8').trimEnd().split('\n').length;
    expect(run(script)).toEqual([`${count} 0`]);
  });
});

test('its types serve a strict consumer that knows neither Node nor a page', () => {
  writeFileSync(
    join(consumer, 'consumer.ts'),
    `import { analyze, type Catalog, children, parse, type Tree, type Understanding, visit } from '@sluice/snowflake-sql';
    import { createAnalyzer } from '@sluice/snowflake-sql/analysis';
    import { type Draft, parseDraft } from '@sluice/snowflake-sql/editor';
    import { type Bound, walkBound } from '@sluice/snowflake-sql/execution';

    export function tables(sql: string): readonly Tree.Name[] {
      const names: Tree.Name[] = [];
      const parsed = parse(sql);
      if (parsed.outcome === 'parsed') visit(parsed.statement, { table: ({ name }) => void names.push(name) });
      return names;
    }
    export const below = (statement: Tree.Statement): readonly Tree.AnyNode[] => children(statement);
    export const draft: Draft = parseDraft('select 1');
    export const kinds = ({ statement }: Bound) => [...walkBound(statement)].map(({ kind }) => kind);
    export function meaning(sql: string, catalog: Catalog): readonly Understanding[] {
      createAnalyzer();
      return analyze(sql, catalog, { variables: new Map(), results: new Map() });
    }
    // @ts-expect-error -- no kind of node
    visit(null as never as Tree.Statement, { tabel: () => undefined });
    // @ts-expect-error -- a draft is not for analysis
    createAnalyzer().analyze(draft, null as never, null as never);
    `,
  );
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    types: [],
    noEmit: true,
  };
  writeFileSync(
    join(consumer, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, skipLibCheck: false }, files: ['consumer.ts'] }),
  );
  const compiler = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '--project', consumer], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

describe.skipIf(!hasBrowser)('in a browser', () => {
  test('it runs from its modules as they are, without a bundler', async () => {
    const server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://localhost').pathname;
      if (path === '/favicon.ico') return response.end();
      if (path === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html>');
      return response.setHeader('content-type', 'text/javascript').end(readFileSync(join(installed, path)));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const seen: unknown = await page.evaluate(`(async () => {
        const { analyze, parse } = await import('/index.js');
        const { parseDraft } = await import('/editor.js');
        const { bind } = await import('/execution.js');
        const table = { type: 'table', version: '1', name: { database: 'D', schema: 'S', name: 'T' }, columns: [{ name: 'SSN', type: 'VARCHAR' }] };
        const session = { database: 'D', schema: 'S', variables: new Map(), results: new Map() };
        const [meaning] = analyze('select upper(ssn) x from t', { find: () => table }, session);
        return {
          kind: parse('select 1').kind.name,
          source: meaning.outputs[0].sources[0].column.column,
          problems: parseDraft('select from; selct 1').problems.length,
          bind: typeof bind,
        };
      })()`);
      expect(seen).toEqual({ kind: 'select', source: 'SSN', problems: 2, bind: 'function' });
    } finally {
      await browser.close();
      server.close();
    }
  });
});
