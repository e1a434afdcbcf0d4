import { describe, expect, it } from 'vitest';
import { createFindingsIndex } from './findings-index.ts';
import { type Entry, type FileTree, LARGEST_BYTES, scan } from './scan.ts';

const SECRET = 'SNOWFLAKE_PASSWORD=Tr0ub4dor-and-3\n';

/** A tree of texts by path; a text that begins with `->` is a link to a folder. */
function treeOf(files: Readonly<Record<string, string>>): FileTree {
  return {
    async list(folder) {
      const entries = new Map<string, Entry>();
      for (const [path, text] of Object.entries(files)) {
        if (folder !== '' && !path.startsWith(`${folder}/`)) continue;
        const [name = '', ...rest] = path.slice(folder === '' ? 0 : folder.length + 1).split('/');
        const isLink = rest.length === 0 && text.startsWith('->');
        entries.set(name, { name, kind: rest.length > 0 || isLink ? 'folder' : 'file', isLink });
      }
      return [...entries.values()];
    },
    async read(path, most) {
      const text = files[path];
      if (text === undefined || text === 'unreadable') throw new Error('no');
      return text.length > most ? null : text;
    },
  };
}

async function lookedAt(files: Readonly<Record<string, string>>, mostFiles?: number) {
  const paths: string[] = [];
  const { left, accepts } = await scan({
    tree: treeOf(files),
    look: (path) => paths.push(path),
    pause: async () => {},
    isCancelled: () => false,
    ...(mostFiles === undefined ? {} : { mostFiles }),
  });
  return { paths, left, accepts };
}

describe('what is looked at', () => {
  it('is what could hold a connection, keys last', async () => {
    const { paths } = await lookedAt({
      'keys/a.p8': '',
      'logo.png': '',
      '.env': '',
      'src/load.py': '',
      'data.csv': '',
    });
    expect(paths).toEqual(['.env', 'src/load.py', 'keys/a.p8']);
  });

  it('is not what others wrote', async () => {
    const { paths, left } = await lookedAt({ 'node_modules/x/a.js': '', '.venv/lib/b.py': '', 'a.js': '' });
    expect(paths).toEqual(['a.js']);
    expect(left.folders).toBe(2);
  });

  it('is an environment file that git ignores, and not the rest of what git ignores', async () => {
    const { paths, accepts } = await lookedAt({
      '.gitignore': '.env*\nbuild/\n/out\nprofiles.yml\n',
      '.env.local': '',
      'build/app.js': '',
      'build/.env': '',
      'out/x.py': '',
      'profiles.yml': '',
      'src/.gitignore': 'made.py\n',
      'src/made.py': '',
      'src/own.py': '',
      'made.py': '',
    });
    const expected = ['.env.local', 'build/.env', 'made.py', 'profiles.yml', 'src/own.py'];
    expect(paths.toSorted()).toEqual(expected);
    const all = [...expected, 'build/app.js', 'out/x.py', 'src/made.py', 'node_modules/a/.env'];
    expect(all.filter(accepts), 'as a change is').toEqual(expected);
  });

  it('is not what a link of a folder leads to, which may be around', async () => {
    const { paths, left } = await lookedAt({ 'a/.env': '', 'a/loop': '-> ..' });
    expect(paths).toEqual(['a/.env']);
    expect(left.links).toBe(1);
  });

  it('is no file that is large, binary or unreadable, and it says so', async () => {
    const { paths, left } = await lookedAt({
      'large.py': 'x'.repeat(LARGEST_BYTES + 1),
      'binary.json': `{\0}`,
      'closed.py': 'unreadable',
      'small.py': '',
    });
    expect(paths).toEqual(['small.py']);
    expect(left).toMatchObject({ large: 1, unreadable: 1 });
  });

  it('is so many files at most, and it says that there are more', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}.py`, '']));
    const { paths, left } = await lookedAt(files, 20);
    expect(paths).toHaveLength(20);
    expect(left.more).toBe(true);
  });
});

describe('the index', () => {
  const index = () =>
    createFindingsIndex({ relays: () => [], ignored: () => [{ path: 'old/**', reason: 'going' }] });

  it('says where, and nothing of what', () => {
    const file = index().look('.env', `A=1\n${SECRET}`);
    expect(file.findings).toMatchObject([
      {
        kind: 'secret',
        name: 'SNOWFLAKE_PASSWORD',
        from: { line: 1, character: 19 },
        to: { line: 1, character: 34 },
      },
    ]);
  });

  it('knows a key by the profile that names it', () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(2)}\n`;
    const found = index();
    expect(found.look('infra/svc.p8', key).findings).toEqual([]);
    found.look(
      'dbt/profiles.yml',
      'x:\n  outputs:\n    d:\n      type: snowflake\n      account: acme\n      private_key_path: ../infra/svc.p8\n',
    );
    expect(found.look('infra/svc.p8', key).findings).toMatchObject([{ kind: 'key' }]);
  });

  it('leaves alone what a person says to leave alone, with the reason, and nothing without one', () => {
    const found = index();
    expect(found.look('.env', `# sluice:ignore a user of the emulator\n${SECRET}`)).toMatchObject({
      findings: [],
      ignored: [{ line: 1, reason: 'a user of the emulator' }],
    });
    expect(found.look('.env', `# sluice:ignore\n${SECRET}`).findings).toHaveLength(1);
    expect(found.look('.env', `X=1 # sluice:ignore of another line\n${SECRET}`).findings).toHaveLength(1);
    expect(found.look('old/a/.env', SECRET)).toMatchObject({ findings: [], ignored: [{ reason: 'going' }] });
    expect(found.look('new/old/.env', SECRET).findings).toHaveLength(1);
    found.forget('.env');
    expect(found.all().map(({ path }) => path)).toEqual(['old/a/.env', 'new/old/.env']);
  });
});
