import type { Finding } from '../finding.ts';
import { inside, type Looking, pathIn, type Scope, textAt } from '../looking.ts';
import { firstOf } from '../first-of.ts';
import type { Run } from '../shell/read-shell.ts';
import { builds, startedByImage } from './built.ts';
import { builtIn, setWords } from './built-in.ts';
import { clientOf } from './clients.ts';
import { credentialOf } from './credentials.ts';
import { takesHookOut } from './hook-kept.ts';
import { escaped } from './escaped.ts';
import { interpretedBy, script } from './interpreters.ts';
import { laterOf } from './later.ts';
import { INERT, nameOf } from './names.ts';
import { loadedBy } from '../projects/loaded-programs.ts';
import { projectScriptOf } from '../projects/task-runners.ts';
import { reachOf, requestOf } from './requests.ts';
import { hasForm, innerCommands, innerText, possibleTexts } from './wrappers.ts';

/** One command, and whatever it runs in turn. */
export function judgeRun(run: Run, looking: Looking, scope: Scope): Finding | null {
  const [first = ''] = run.argv;
  const name = nameOf(first);
  builtIn(name, run, scope);
  builds(run, looking, scope);
  const found =
    credentialOf(run, looking, scope) ?? takesHookOut(run, scope) ?? requestOf(run, looking, scope);
  if (found !== null) return found;
  const told = toldToRun(run, looking, scope);
  if (told !== null || run.argv.length === 0) return told;
  if (/^(?:cp|mv|ln|tee)$/.test(name)) return written(name, run, looking, scope);
  if (INERT.has(name) && !hasForm(run.argv)) return escaped(run, looking, scope);
  return (
    called(run, looking, scope) ??
    laterOf(run, looking, scope) ??
    clientOf(run, looking, scope) ??
    interpretedBy(run, looking, scope) ??
    projectScriptOf(run, looking, scope) ??
    loadedBy(run, looking, scope) ??
    escaped(run, looking, scope) ??
    wrapped(run, looking, scope) ??
    reachOf(run)
  );
}

/** Programs that are told by the environment what to run: a pager, an editor. */
function toldToRun({ assigned }: Run, looking: Looking, scope: Scope): Finding | null {
  return firstOf(assigned, ([name, value]) => {
    if (COMMAND_VARIABLE.test(name)) return looking.shell(value, inside(scope));
    if (/^(?:PYTHONSTARTUP|BASH_ENV|ENV)$/.test(name))
      return script(value, looking, scope, name === 'PYTHONSTARTUP' ? 'code' : 'shell');
    const [, required] =
      /^(?:NODE|BUN|RUBY|PERL5)_?OPT/.exec(name) === null
        ? []
        : (/(?:--require|--import|-r|-M)[= ]?["']?([\w./-]+)/.exec(value) ?? []);
    return required === undefined ? null : script(required, looking, scope, 'code');
  });
}

const COMMAND_VARIABLE =
  /^(?:(?:GIT_|MAN|KUBE_|HG)?(?:PAGER|EDITOR)|VISUAL|GIT_(?:SSH_COMMAND|EXTERNAL_DIFF|SEQUENCE_EDITOR|ASKPASS|PROXY_COMMAND)|BROWSER|LESSOPEN|PROMPT_COMMAND|SHELL)$/;

function called({ argv }: Run, looking: Looking, scope: Scope): Finding | null {
  const started = startedByImage(argv[0]!, scope);
  if (started !== null) return looking.shell(started, inside(scope));
  const body = scope.functions.get(argv[0]!);
  if (body === undefined) return null;
  const own = inside({ ...scope, variables: new Map(scope.variables), functions: new Map(scope.functions) });
  own.functions.delete(argv[0]!);
  setWords(argv.slice(1), own);
  return looking.shell(body, own);
}

function wrapped(run: Run, looking: Looking, scope: Scope): Finding | null {
  const text = innerText(run.argv);
  const asText = firstOf(text === null ? possibleTexts(run.argv) : [text], (each) =>
    looking.shell(each, inside(scope)),
  );
  if (asText !== null) return asText;
  const name = nameOf(run.argv[0]!);
  const inner = innerCommands(run.argv).filter(({ length }) => length > 0);
  // A shell elsewhere that is told of no command reads what it is given.
  if (/^(?:ssh|autossh|mosh|telnet|nc|ncat)$/.test(name) && inner.every(({ length }) => length === 1)) {
    const typed = run.input === null ? null : looking.shell(run.input, inside(scope));
    if (typed !== null) return typed;
  }
  if (name !== 'xargs' && name !== 'parallel')
    return firstOf(inner, (argv) => again(argv, run, looking, scope));
  const given = (run.input ?? '').split(isBetweenNulls(run) ? '\0' : /\s+/).filter((word) => word !== '');
  return firstOf(inner, (argv) => {
    const hasPlace = argv.some((word) => word.includes('{}'));
    const filled = hasPlace
      ? argv.map((word) => word.replaceAll('{}', () => (run.input ?? '').trim()))
      : [...argv, ...given];
    return again(
      filled.flatMap((word, index) => (index === 0 && !isBetweenNulls(run) ? word.split(/\s+/) : [word])),
      { ...run, input: null },
      looking,
      scope,
    );
  });
}

/** `xargs -0`: a word may hold spaces. */
function isBetweenNulls({ argv, input }: Run): boolean {
  return input?.includes('\0') === true && argv.some((word) => /^(?:-[a-zA-Z]*0|--null)$/.test(word));
}

function again(argv: readonly string[], run: Run, looking: Looking, scope: Scope): Finding | null {
  looking.budget.spend(argv.length);
  return judgeRun({ ...run, argv, assigned: [] }, looking, scope);
}

/** What is copied to a place where it matters. */
function written(name: string, { argv, input }: Run, looking: Looking, scope: Scope): Finding | null {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  if (name === 'tee') {
    if (input === null) return null;
    return firstOf(words, (path) => {
      scope.files.set(pathIn(scope, path), input);
      return looking.file(pathIn(scope, path), input);
    });
  }
  const [from, to] = [words.at(0), words.at(-1)];
  if (words.length !== 2 || from === undefined || to === undefined) return null;
  const read = textAt(from, looking, scope);
  if (read !== null) scope.files.set(pathIn(scope, to), read);
  // The same program by another name.
  scope.aliases.set(to, from);
  return null;
}
