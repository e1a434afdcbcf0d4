import type { Finding } from '../finding.ts';
import { firstOf } from '../first-of.ts';
import { inside, type Looking, pathIn, type Scope } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { firstFile } from './first-file.ts';
import { nameOf } from '../commands/names.ts';
import { optionOf } from '../commands/options.ts';
import { composeService, inSections, taskfileTask } from './described-tasks.ts';
import { justRecipe, makeTarget } from './recipes.ts';
import { composerScript, denoTask, packageScript } from './package-scripts.ts';
import { taskFunction } from './task-functions.ts';
import type { Wanted } from './wanted.ts';
import { yamlCommands } from './yaml-commands.ts';

interface TaskRunner {
  readonly names: RegExp;
  /** The first of these that there is. */
  readonly files: readonly string[];
  /** Words between the name and the targets: `npm run`. */
  readonly before?: RegExp;
  /** Words of which there is one where a target is run at all. */
  readonly runs?: RegExp;
  /** Options that name the folder, and the file. */
  readonly folder: readonly string[];
  readonly file: readonly string[];
  /** Texts for a shell that the targets come to. */
  readonly commands?: (text: string, wanted: Wanted) => readonly string[];
  /** Programs, as texts, that they come to. */
  readonly programs?: (text: string, wanted: Wanted) => readonly string[];
}

const RUNNERS: readonly TaskRunner[] = [
  {
    names: /^(?:npm|pnpm|yarn|bun|npm-run-all|run-s|run-p|nr|ni)$/,
    files: ['package.json'],
    before: /^(?:run|run-script|rum|urn)$/,
    folder: ['--prefix', '--cwd', '-C', '--dir', '-w', '--workspace', '--filter', '-F'],
    file: [],
    commands: packageScript,
  },
  {
    names: /^deno$/,
    files: ['deno.json', 'deno.jsonc', 'package.json'],
    before: /^task$/,
    folder: ['--cwd'],
    file: [],
    commands: denoTask,
  },
  {
    names: /^composer$/,
    files: ['composer.json'],
    before: /^(?:run|run-script|exec)$/,
    folder: ['-d', '--working-dir'],
    file: [],
    commands: composerScript,
  },
  {
    names: /^(?:g?make|remake)$/,
    files: ['GNUmakefile', 'makefile', 'Makefile'],
    folder: ['-C', '--directory'],
    file: ['-f', '--file', '--makefile'],
    commands: makeTarget,
  },
  {
    names: /^just$/,
    files: ['justfile', '.justfile', 'Justfile'],
    folder: ['-d', '--working-directory'],
    file: ['-f', '--justfile'],
    commands: justRecipe,
  },
  {
    names: /^(?:task|go-task)$/,
    files: ['Taskfile.yml', 'Taskfile.yaml', 'taskfile.yml', 'taskfile.yaml', 'Taskfile.dist.yml'],
    folder: ['-d', '--dir'],
    file: ['-t', '--taskfile'],
    commands: taskfileTask,
  },
  {
    names: /^(?:poe|pdm|hatch|rye|pixi|task|taskipy|poetry|uv|pipenv|mise|tox)$/,
    files: ['pyproject.toml', 'Pipfile', 'pixi.toml', '.mise.toml', 'mise.toml', 'tox.ini'],
    before: /^(?:run|r|tasks?|--|-e)$/,
    folder: ['-C', '--directory', '--project'],
    file: ['-c'],
    commands: inSections,
  },
  {
    names: /^(?:docker|docker-compose|podman|podman-compose|nerdctl)$/,
    files: ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
    before: /^(?:compose|up|run|start|restart|watch)$/,
    runs: /^(?:up|run|start|restart|watch)$/,
    folder: ['--project-directory'],
    file: ['-f', '--file'],
    commands: composeService,
  },
  {
    names: /^(?:foreman|honcho|overmind|hivemind)$/,
    files: ['Procfile'],
    before: /^(?:start|run|s)$/,
    folder: ['-d', '--root'],
    file: ['-f', '--procfile'],
    commands: (text, { targets }) =>
      Array.from(text.matchAll(/^([\w-]+):[ \t]*(.+)$/gm), ([, name, command]) =>
        targets.length === 0 || targets.includes(name!) ? command! : '',
      ),
  },
  {
    names: /^(?:inv|invoke|fab|nox|rake|doit|mage|gulp)$/,
    files: [
      'tasks.py',
      'fabfile.py',
      'noxfile.py',
      'Rakefile',
      'rakefile',
      'dodo.py',
      'magefile.go',
      'gulpfile.js',
    ],
    before: /^(?:-s|run)$/,
    folder: ['-r', '--search-root'],
    file: ['-f', '-c', '--rakefile', '--noxfile'],
    programs: taskFunction,
  },
  {
    names: /^(?:kubectl|oc|k3s|argo|nomad)$/,
    files: [],
    runs: /^(?:apply|create|replace|submit|run)$/,
    folder: [],
    file: ['-f', '--filename'],
    commands: yamlCommands,
  },
  {
    names: /^act$/,
    files: [],
    folder: [],
    file: ['-W', '--workflows'],
    commands: yamlCommands,
  },
];

/** What a target of a project comes to: judged by what the file that describes it says. */
export function projectScriptOf(
  { argv, input }: Pick<Run, 'argv' | 'input'>,
  looking: Looking,
  scope: Scope,
): Finding | null {
  const name = nameOf(argv[0] ?? '');
  const within = (depthOf: Scope, text: string) => looking.shell(text, depthOf);
  return firstOf(
    RUNNERS.filter(
      ({ names, runs }) =>
        names.test(name) && (runs === undefined || argv.slice(1, 8).some((word) => runs.test(word))),
    ),
    (runner) => {
      const folder = runner.folder.length === 0 ? null : optionOf(argv, ...runner.folder);
      const file = runner.file.length === 0 ? null : optionOf(argv, ...runner.file);
      const names = file === null ? runner.files : [file];
      const there =
        foldersOf(folder, scope).find((each) => firstFile(names, looking, each) !== null) ?? scope;
      const text = file === '-' ? input : firstFile(names, looking, there);
      if (text === null) return null;
      const wanted: Wanted = {
        targets: targetsIn(argv.slice(1), [folder, file], runner.before),
        read: (path) => firstFile([path], looking, there),
        isTrial: argv.some((word, index) =>
          // `kubectl -n` names a space.
          word === '-n' ? !/^(?:kubectl|oc|argo|nomad)$/.test(name) && index > 0 : TRIAL.test(word),
        ),
      };
      return (
        firstOf(runner.commands?.(text, wanted) ?? [], (each) => within(inside(there), each)) ??
        firstOf(runner.programs?.(text, wanted) ?? [], (each) => looking.code(each, inside(there)))
      );
    },
  );
}

const TRIAL = /^(?:--dry-run(?:=(?:client|server))?|--dry|--just-print|--recon|--list|--validate)$/;

/** Where an option leads: to a folder, or to a package of the workspace by its name. */
function foldersOf(named: string | null, scope: Scope): readonly Scope[] {
  if (named === null) return [scope];
  const name = named.replace(/^@[^/]+\//, '').replace(/^\.\.\.|\.\.\.$/g, '');
  return [named, `packages/${name}`, `apps/${name}`, `libs/${name}`, name].map((path) => ({
    ...scope,
    folder: pathIn(scope, path),
  }));
}

function targetsIn(
  words: readonly string[],
  values: readonly (string | null)[],
  before: RegExp | undefined,
): readonly string[] {
  return words.filter(
    (word) =>
      !word.startsWith('-') && !/^\w+=/.test(word) && !values.includes(word) && before?.test(word) !== true,
  );
}
