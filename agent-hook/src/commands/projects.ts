import type { Finding } from '../finding.ts';
import { inside, type Looking, pathIn, type Scope } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { nameOf } from './names.ts';
import { optionOf } from './options.ts';

const WORDS = /^(?:run|run-script|rum|urn)$/;

/** A script of `package.json`, or a target of a makefile: judged by what it says. */
export function projectScriptOf(
  { argv, input }: Pick<Run, 'argv' | 'input'>,
  looking: Looking,
  scope: Scope,
): Finding | null {
  const name = nameOf(argv[0] ?? '');
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  if (/^(?:npm|pnpm|yarn|bun)$/.test(name)) {
    const script = WORDS.test(words[0] ?? '') ? words[1] : words[0];
    return script === undefined ? null : packageScript(script, looking, scope);
  }
  if (/^(?:make|gmake)$/.test(name)) {
    const targets = words.filter((word) => !word.includes('='));
    const file = optionOf(argv, '-f', '--file', '--makefile');
    const wanted = targets.filter((word) => word !== file);
    const isTrial = argv.some((word) => /^(?:-n|--dry-run|--just-print|--recon)$/.test(word));
    return makeTarget(
      wanted.length === 0 ? null : wanted,
      file === '-' ? input : makefileOf(file, looking, scope),
      {
        looking,
        scope,
        isTrial,
      },
    );
  }
  return null;
}

function packageScript(script: string, looking: Looking, scope: Scope): Finding | null {
  const read = looking.around.read(pathIn(scope, 'package.json'));
  if (read.outcome !== 'text') return null;
  const text = scriptsIn(read.text)[script];
  return typeof text === 'string' ? looking.shell(text, inside(scope)) : null;
}

function scriptsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const { scripts } = JSON.parse(text) as { readonly scripts?: Readonly<Record<string, unknown>> };
    return Object(scripts) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function makefileOf(named: string | null, { around }: Looking, scope: Scope): string | null {
  for (const name of named === null ? ['Makefile', 'makefile', 'GNUmakefile'] : [named]) {
    const read = around.read(pathIn(scope, name));
    if (read.outcome === 'text') return read.text;
  }
  return null;
}

function makeTarget(
  targets: readonly string[] | null,
  makefile: string | null,
  {
    looking,
    scope,
    isTrial,
  }: {
    readonly looking: Looking;
    readonly scope: Scope;
    /** Prints what it would run, and runs lines alone that begin with a plus. */
    readonly isTrial: boolean;
  },
): Finding | null {
  if (makefile === null) return null;
  const lines = makefile.split('\n');
  let isWanted = false;
  let isFirst = true;
  for (const line of lines) {
    const names = /^([^\s#:=][^:=]*):(?!=)/.exec(line)?.[1]?.split(/\s+/);
    if (names !== undefined && !names[0]!.startsWith('.')) {
      isWanted = targets === null ? isFirst : names.some((name) => targets.includes(name));
      isFirst = false;
    } else if (isWanted && line.startsWith('\t') && (!isTrial || /^\t[@-]*\+/.test(line))) {
      const found = looking.shell(line.replace(/^\t[@+-]*/, '').replaceAll('$$', '$'), inside(scope));
      if (found !== null) return found;
    }
  }
  return null;
}
