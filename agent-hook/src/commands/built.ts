import { type Looking, pathIn, type Scope, textAt } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { nameOf } from './names.ts';
import { operandsOf, optionOf } from './options.ts';

/** What a compiler makes stands for what it was made from: whoever runs it later runs that. */
export function builds({ argv }: Pick<Run, 'argv'>, looking: Looking, scope: Scope): void {
  const name = nameOf(argv[0] ?? '');
  if (/^(?:docker|podman|nerdctl|buildah)$/.test(name)) return image(argv, looking, scope);
  if (!COMPILERS.test(name)) return;
  const out = optionOf(argv, '-o', '--output', '--outfile', '--outFile', '--out');
  const sources = operandsOf(argv).filter(
    (word) => word !== out && !/^(?:build|compile|install)$/.test(word),
  );
  for (const source of sources.length === 0 ? ['.'] : sources.slice(0, 4)) {
    const text =
      textAt(source, looking, scope) ?? textAt(`${source.replace(/\/$/, '')}/main.go`, looking, scope);
    if (text === null) continue;
    const made = out ?? nameOf(pathIn(scope, source)).replace(/\.\w{1,4}$/, '');
    scope.files.set(pathIn(scope, made), text);
    if (argv[1] === 'install') scope.aliases.set(made, `./${made}`);
    if (out === null) scope.files.set(pathIn(scope, 'a.out'), text);
    return;
  }
}

const COMPILERS =
  /^(?:go|gcc|g\+\+|cc|c\+\+|clang|clang\+\+|rustc|ghc|nim|crystal|kotlinc|swiftc|bun|deno|esbuild|rollup|ncc|pkg|nuitka|nuitka3|shc|dart|zig|fpc|csc|mcs)$/;

/** Under the name of an image, what a container of it starts. */
function image(argv: readonly string[], looking: Looking, scope: Scope): void {
  const tag = optionOf(argv, '-t', '--tag');
  if (tag === null || !argv.slice(1, 4).includes('build')) return;
  const folder = operandsOf(argv).at(-1) ?? '.';
  const file = optionOf(argv, '-f', '--file') ?? `${folder.replace(/\/$/, '')}/Dockerfile`;
  const text = textAt(file, looking, scope) ?? '';
  const words = Array.from(text.matchAll(/^(?:ENTRYPOINT|CMD)\s+(.+)$/gim), ([, told = '']) =>
    told.startsWith('[') ? told.replace(/^\[|\]\s*$/g, '').replace(/",\s*"/g, '" "') : told,
  );
  scope.files.set(imagePlace(tag), words.join(' '));
}

/** What a container of an image starts, where the same text has built it. */
export function startedByImage(tag: string, { files }: Scope): string | null {
  return files.get(imagePlace(tag)) ?? null;
}

function imagePlace(tag: string): string {
  return `image ${tag}`;
}
