import { decoded } from '../encodings.ts';
import type { Finding } from '../finding.ts';
import { firstOf } from '../first-of.ts';
import { inside, type Looking, pathIn, type Scope } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { UNKNOWN } from '../shell/words.ts';
import { folderOf } from '../code/imports.ts';
import { judgeSource } from '../code/notebook.ts';
import { nameOf } from './names.ts';
import { hasForm } from './wrappers.ts';

const SHELLS = /^(?:ba|z|da|k|mk|a|fi|tc|c)?sh$|^(?:rbash|busybox|nu|elvish|xonsh|osh|ysh)$/;
const POWERSHELL = /^(?:pwsh|powershell)$/i;

interface Language {
  readonly names: RegExp;
  /** Options whose value is the program. */
  readonly program: RegExp;
  /** Options that take another value. */
  readonly valued: RegExp;
  /** Words between the name and the program: `deno run`. */
  readonly before?: RegExp;
}

const LANGUAGES: readonly Language[] = [
  {
    names: /^(?:i?python[\d.]*|pypy[\d.]*|py|uv|streamlit|spark-submit|jupyter|papermill|marimo)$/,
    program: /^-[a-zA-Z]*c$/,
    valued: /^-[WXQ]$|^--(?:with|python|master|conf|to|output|packages|jars|py-files)$/,
    before: /^(?:run|nbconvert|execute|edit)$/,
  },
  {
    names: /^(?:node|nodejs|bun|deno|tsx|ts-node|swc-node|vite-node|esno|jiti|zx)$/,
    program: /^(?:-[a-z]*[ep]|--eval|--print|eval)$/,
    valued: /^(?:-r|--require|--import|--loader|--env-file|-C|--conditions|--project|-P)$/,
    before: /^(?:run|exec)$/,
  },
  { names: /^(?:ruby|jruby)[\d.]*$/, program: /^-[a-z]*e$/, valued: /^-[rIC]$/ },
  { names: /^perl[\d.]*$/, program: /^-[a-zA-Z]*[eE]$/, valued: /^-[MIm]$/ },
  { names: /^php[\d.]*$/, program: /^-r$/, valued: /^-[dcf]$/ },
  { names: /^(?:Rscript|R|r)$/, program: /^-e$/, valued: /^(?:-f)$/ },
  {
    names: /^(?:julia|lua|luajit|groovy|scala|kotlin|jshell|elixir|swift)$/,
    program: /^-[eE]$/,
    valued: /^-[LJ]$/,
  },
  {
    names: /^(?:go|dotnet|cargo|java)$/,
    program: /^$/,
    valued: /^-(?:cp|classpath)$/,
    before: /^(?:run|script|fsi)$/,
  },
  { names: /^osascript$/, program: /^-e$/, valued: /^-l$/ },
];

/** What an interpreter is given to run: on its command line, on standard input, or in a file. */
export function interpretedBy(run: Run, looking: Looking, scope: Scope): Finding | null {
  const { argv, input } = run;
  const name = nameOf(argv[0] ?? '');
  if (onlyChecks(name, argv)) return null;
  if (SHELLS.test(name)) return byShell(run, looking, scope);
  // Its SQL loads drivers, and attaches what they reach.
  if (name === 'duckdb') return looking.code([...argv.slice(1), input ?? ''].join('\n'), inside(scope));
  if (POWERSHELL.test(name)) return byPowerShell(run, looking, scope);
  if (name === 'source' || name === '.') return script(argv[1], looking, scope, 'shell');
  if (/\/|\.(?:sh|py|js|mjs|cjs|ts|rb|pl|bash)$/.test(argv[0] ?? '')) {
    const found = script(argv[0], looking, scope, 'by its first line');
    if (found !== null) return found;
  }
  const language = LANGUAGES.find(({ names }) => names.test(name));
  if (language === undefined) return onPath(name, looking, scope) ?? ranBy(argv, looking, scope);
  const { program, path, module } = givenTo(argv, language);
  if (program !== null) return looking.code(program, inside(scope));
  if (module !== null) return moduleOf(module, argv, looking, scope);
  if (path !== null && path !== '-' && path !== '/dev/stdin') return script(path, looking, scope, 'code');
  return input === null ? null : looking.code(input, inside(scope));
}

/** A program that lies in a folder of the workspace that the same text has put on the path. */
function onPath(name: string, looking: Looking, scope: Scope): Finding | null {
  const folders = (scope.variables.get('PATH') ?? '').split(':').filter((each) => /^[\w./-]+$/.test(each));
  return firstOf(folders.slice(0, 4), (folder) =>
    script(`${folder}/${name}`, looking, scope, 'by its first line'),
  );
}

/** What is told to run, render or serve a program, whoever it is: `pm2 start x.js`, `k6 run x.js`. */
function ranBy(argv: readonly string[], looking: Looking, scope: Scope): Finding | null {
  const names = argv.slice(0, 4).map(nameOf);
  // What another command is given, is looked at as its words.
  if (hasForm(argv) || names.some((name) => TESTS.test(name)) || !names.some((name) => RAN.test(name)))
    return null;
  const paths = argv.slice(2).filter((word) => PROGRAM.test(word));
  return firstOf(paths.slice(0, 4), (path) => script(path, looking, scope, 'by its first line'));
}

const TESTS = /^(?:vitest|jest|mocha|ava|pytest|tap|playwright|cypress|rspec|phpunit|ruff|deno|biome)$/;
const RAN = /^(?:run|start|exec|execute|render|serve|launch|record|debug|preview|dev)$/;
const PROGRAM = /^[\w./~-]+\.(?:py|[cm]?[jt]s|rb|r|jl|sh|php|lua|go|ipynb|[qr]md)$/i;

/** `bash -n`, `node --check`: the syntax is looked at, and nothing is run. */
function onlyChecks(name: string, argv: readonly string[]): boolean {
  const options = argv.slice(1);
  if (name === 'jupyter') return !options.some((word) => /^(?:execute|run|console|--execute)$/.test(word));
  if (/^(?:node|nodejs)$/.test(name))
    return (
      /^(?:-c|--check)$/.test(options[0] ?? '') && !options.slice(1).some((word) => word.startsWith('-'))
    );
  return (
    /^(?:ba|z|da|k)?sh$/.test(name) && options[0] === '-n' && !options.some((word) => word.startsWith('+'))
  );
}

function givenTo(argv: readonly string[], { program, valued, before }: Language) {
  const nothing = { program: null, path: null, module: null };
  for (let index = 1; index < argv.length; index += 1) {
    const word = argv[index]!;
    const next = argv[index + 1] ?? '';
    if (program.test(word)) return { ...nothing, program: next };
    const attached = /^(?:-c|-e|-p|--eval=|--print=)(.{6,})$/s.exec(word)?.[1];
    if (attached !== undefined) return { ...nothing, program: attached };
    if (word === '-m') return { ...nothing, module: argv.slice(index + 1).join(' ') };
    if (valued.test(word)) index += 1;
    else if (word === '-' || (!word.startsWith('-') && before?.test(word) !== true))
      return { ...nothing, path: word };
  }
  return nothing;
}

/** `python -m package.module`: a client's, or one of the workspace. */
function moduleOf(module: string, argv: readonly string[], looking: Looking, scope: Scope): Finding | null {
  const [name = '', ...rest] = module.split(' ');
  if (name.startsWith('snowflake.cli')) return looking.shell(`snow ${rest.join(' ')}`, inside(scope));
  if (/^dbt\b/.test(name)) return looking.shell(`dbt ${rest.join(' ')}`, inside(scope));
  if (/^(?:mcp_server_snowflake|mcp_snowflake|snowflake_labs_mcp)/.test(name))
    return { kind: 'server', evidence: name };
  if (!/^[\w.]+$/.test(name) || argv.length === 0) return null;
  const path = name.replaceAll('.', '/');
  const runs =
    /^(?:pdb|cProfile|profile|trace|runpy|coverage|debugpy|kernprof|line_profiler|memory_profiler|memray|scalene|pyinstrument|viztracer|timeit|IPython)$/;
  // A debugger or a profiler, and what it is to look at.
  if (runs.test(name))
    return firstOf(
      rest.filter((word) => /\.(?:py|ipynb)$/.test(word)),
      (word) => script(word, looking, scope, 'code'),
    );
  return (
    script(`${path}.py`, looking, scope, 'code') ??
    script(`${path}/__main__.py`, looking, scope, 'code') ??
    script(`src/${path}.py`, looking, scope, 'code')
  );
}

type Reading = 'shell' | 'powershell' | 'code' | 'by its first line';

/** A script of the workspace, or one that the same command has written. */
export function script(
  path: string | undefined,
  looking: Looking,
  scope: Scope,
  as: Reading,
): Finding | null {
  if (path === undefined || path === '' || path.includes(UNKNOWN)) return null;
  const place = pathIn(scope, path);
  const written = scope.files.get(place);
  const read =
    written === undefined ? looking.around.read(place) : ({ outcome: 'text', text: written } as const);
  if (read.outcome === 'none')
    return elsewhere(path, looking, scope, as) ?? programIn(path, looking, scope, as);
  if (read.outcome === 'refused') return { kind: 'driver', evidence: 'a script that cannot be read' };
  // A script may ask where it lies itself.
  for (const name of ['0', 'BASH_SOURCE', 'BASH_SOURCE[0]']) scope.variables.set(name, path);
  const found = textOf(path, read.text, as, looking, { ...inside(scope), program: folderOf(place) });
  return found === null ? null : { ...found, evidence: `${found.evidence} in ${place.split('/').at(-1)!}` };
}

/**
 * A path that is not here: as a container has it, its folder is one of these under another name; as a compiler will have written
 * it, its source is.
 */
function elsewhere(path: string, looking: Looking, scope: Scope, as: Reading): Finding | null {
  const [, ...steps] = path.split('/');
  const source = path.replace(/(?:^|(?<=\/))(?:dist|build|out|lib)\//, 'src/').replace(/js(x?)$/, 'ts$1');
  const places = path.startsWith('/')
    ? steps.map((_, index) => steps.slice(index).join('/')).slice(0, 5)
    : source === path
      ? []
      : [source, source.replace(/^src\//, '')].map((each) => pathIn(scope, each));
  const place = places.find((each) => looking.around.read(each).outcome === 'text');
  return place === undefined ? null : script(place, looking, { ...scope, folder: '' }, as);
}

/** Of a folder: where its language begins. */
function programIn(path: string, looking: Looking, scope: Scope, as: Reading): Finding | null {
  if (as !== 'code' || /\.\w{1,5}$/.test(path) || scope.depth > 6) return null;
  for (const name of ['main.go', '__main__.py', 'index.js', 'index.ts']) {
    const read = looking.around.read(pathIn(scope, `${path}/${name}`));
    const found =
      read.outcome === 'text'
        ? looking.code(read.text, { ...inside(scope), program: pathIn(scope, path) })
        : null;
    if (found !== null) return { ...found, evidence: `${found.evidence} in ${name}` };
  }
  return null;
}

function textOf(path: string, text: string, as: Reading, looking: Looking, scope: Scope): Finding | null {
  const first = /^#!.*/.exec(text)?.[0] ?? '';
  const isCode = /\.(?:[cm]?[jt]sx?|py|rb|pl|php|r|jl|lua|go|rs|java|kts?|cs|ipynb|[qr]md)$/i.test(path);
  const isShell =
    as === 'shell' || (as === 'by its first line' && (first === '' ? !isCode : /sh\b/.test(first)));
  if (as === 'powershell') return looking.powershell(text, scope);
  if (isShell) {
    const found = looking.shell(text, scope);
    // A program that was built from what is no script.
    return found ?? (as === 'shell' || first !== '' ? null : judgeSource(path, text, looking, scope));
  }
  return judgeSource(path, text, looking, scope);
}

function byShell({ argv, input }: Run, looking: Looking, scope: Scope): Finding | null {
  const at = argv.findIndex((word, index) => index > 0 && /^[-+][a-zA-Z]*c[a-zA-Z]*$/.test(word));
  if (at !== -1) {
    const text = argv.slice(at + 1).find((word) => !/^[-+]/.test(word)) ?? '';
    const given = inside({ ...scope, variables: new Map(scope.variables) });
    argv.slice(argv.indexOf(text, at) + 1).forEach((word, index) => given.variables.set(String(index), word));
    const words = argv.slice(argv.indexOf(text, at) + 2).join(' ');
    given.variables.set('@', words).set('*', words);
    return looking.shell(text, given);
  }
  const path = argv.slice(1).find((word) => !/^[-+]/.test(word));
  if (path !== undefined && path !== '/dev/stdin') return script(path, looking, scope, 'shell');
  return input === null ? null : looking.shell(input, inside(scope));
}

function byPowerShell({ argv, input }: Run, looking: Looking, scope: Scope): Finding | null {
  const at = argv.findIndex((word, index) => index > 0 && /^[-/]c(?:o(?:m.*)?)?$/i.test(word));
  if (at !== -1) return looking.powershell(argv.slice(at + 1).join(' '), inside(scope));
  const encoded = argv.findIndex((word, index) => index > 0 && /^[-/]e(?:c|nc.*)?$/i.test(word));
  const plain = encoded === -1 ? null : decoded(argv[encoded + 1] ?? '', 'base64');
  if (plain !== null) return looking.powershell(plain, inside(scope));
  const file = argv.findIndex((word) => /^[-/]f(?:ile)?$/i.test(word));
  const path = file === -1 ? argv.slice(1).find((word) => !/^[-/]/.test(word)) : argv[file + 1];
  if (path !== undefined)
    return /\s/.test(path)
      ? looking.powershell(path, inside(scope))
      : script(path, looking, scope, 'powershell');
  return input === null ? null : looking.powershell(input, inside(scope));
}
