import type { Finding } from '../finding.ts';
import { judgeSource } from './notebook.ts';
import { inside, type Looking, pathIn, type Scope } from '../looking.ts';

/** Modules that are looked for, of one program. */
const MOST_MODULES = 24;

/** Modules of the workspace that a program imports, from where it lies itself or from where it is run. */
export function importedBy(code: string, looking: Looking, scope: Scope): Finding | null {
  if (scope.depth > 5) return null;
  const names = [...ofPython(code), ...ofJavaScript(code), ...ofOthers(code), ...ofRust(code)].slice(
    0,
    MOST_MODULES,
  );
  const folders = [...new Set([scope.program ?? scope.folder, scope.folder, ...toldIn(code, scope)])];
  for (const { choices, isRelative } of names.filter(({ choices: [path = ''] }) => !DATA.test(path)))
    for (const folder of isRelative ? folders.slice(0, 1) : folders) {
      const found = firstThere(choices, folder, looking, scope);
      if (found !== null) return found;
    }
  return null;
}

/** Folders that modules are looked for in: as the program says, or the environment. */
function toldIn(code: string, scope: Scope): readonly string[] {
  const said = Array.from(
    code.matchAll(
      /\b(?:sys\.path\.(?:insert|append)\(|addsitedir\(|\$LOAD_PATH|use\s+lib)[^'"\n]{0,80}['"]([\w./-]{1,120})['"]/g,
    ),
    ([, folder = '']) => folder,
  );
  const given = ['PYTHONPATH', 'RUBYLIB', 'NODE_PATH', 'PERL5LIB'].flatMap(
    (name) => scope.variables.get(name)?.split(':') ?? [],
  );
  return [...said, ...given]
    .filter((folder) => /^[\w./-]+$/.test(folder))
    .slice(0, 4)
    .map((folder) => pathIn(scope, folder));
}

/** What is read by a program and is no part of it. */
const DATA = /\.(?:json|css|ya?ml|toml|txt|sql|csv|node|wasm|env)$/;

function firstThere(
  choices: readonly string[],
  folder: string,
  looking: Looking,
  scope: Scope,
): Finding | null {
  for (const path of choices) {
    const place = pathIn({ folder }, path);
    const read = looking.around.read(place);
    if (read.outcome !== 'text') continue;
    const found = judgeSource(place, read.text, looking, { ...inside(scope), program: folderOf(place) });
    if (found !== null) return { ...found, evidence: `${found.evidence} in ${place.split('/').at(-1)!}` };
  }
  return null;
}

/** The folder that a file lies in; empty for the call's own. */
export function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

interface Imported {
  /** Paths that it may have, below a folder. */
  readonly choices: readonly string[];
  /** To the program that imports it, and to nothing else. */
  readonly isRelative: boolean;
}

function ofPython(code: string): readonly Imported[] {
  const found = code.matchAll(
    /(?:^|;)[ \t]*(?:from[ \t]+(\.{0,4})([A-Za-z_][\w.]{0,80})?[ \t]+import[ \t]+\(?([\w, \t]{1,200})|import[ \t]+([A-Za-z_][\w., \t]{0,200}))/gm,
  );
  return [...found].flatMap(([, dots = '', from = '', names = '', plain = '']) => {
    if (plain !== '')
      return plain.split(',').map((name) => pythonModule('', name.trim().split(/\s/)[0]!, false));
    const isRelative = dots !== '';
    const up = '../'.repeat(Math.max(0, dots.length - 1));
    const inner = names
      .split(',')
      .map((name) => name.trim().split(/\s/)[0]!)
      .filter((name) => name !== '')
      .map((name) => pythonModule(up, from === '' ? name : `${from}.${name}`, isRelative));
    return from === '' ? inner : [pythonModule(up, from, isRelative), ...inner];
  });
}

function pythonModule(up: string, name: string, isRelative: boolean): Imported {
  const path = up + name.replaceAll('.', '/');
  return { choices: [`${path}.py`, `${path}/__init__.py`], isRelative };
}

function ofJavaScript(code: string): readonly Imported[] {
  const found = code.matchAll(
    /(?:require\(|from\s+|import\s+|import\()\s*['"](\.{1,2}\/[\w./-]{1,120})['"]/g,
  );
  return Array.from(found, ([, name = '']) => ({
    choices: /\.[cm]?[jt]sx?$/.test(name)
      ? [name, name.replace(/js(x?)$/, 'ts$1')]
      : [`${name}.js`, `${name}.ts`, `${name}.mjs`, `${name}/index.js`, `${name}/index.ts`],
    isRelative: true,
  }));
}

/** `mod name;`, beside the file. */
function ofRust(code: string): readonly Imported[] {
  return Array.from(code.matchAll(/^[ \t]*(?:pub[ \t]+)?mod[ \t]+(\w{1,60});/gm), ([, name = '']) => ({
    choices: [`${name}.rs`, `${name}/mod.rs`, `src/${name}.rs`],
    isRelative: false,
  }));
}

/** Ruby, R, Perl, PHP, Lua: files that are named by their paths. */
function ofOthers(code: string): readonly Imported[] {
  const found = code.matchAll(
    /\b(?:require_relative|load|source|include(?:_once)?|require(?:_once)?|do|dofile|sys\.source|render|quarto_render|knit|run_path|exec\s?\(\s?open)\b[\s(]{1,4}(?:__DIR__\s*\.\s*)?['"]\/?([\w./-]{1,120})['"]/g,
  );
  return Array.from(found, ([, name = '']) => ({
    choices: /\.\w{1,4}$/.test(name) ? [name] : [`${name}.rb`, `${name}.lua`],
    isRelative: false,
  }));
}
