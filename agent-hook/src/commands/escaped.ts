import type { Finding } from '../finding.ts';
import { firstOf } from '../first-of.ts';
import { inside, type Looking, type Scope, textAt } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { nameOf } from './names.ts';

/**
 * What runs nothing by itself, but for a word of its own: `git -c core.pager=cmd`, `git bisect run cmd`, `vim -c :!cmd`,
 * `system("cmd")` in awk, `1e cmd` in sed, `\\! cmd` and `.shell cmd` in a client's own language.
 */
export function escaped({ argv, input }: Run, looking: Looking, scope: Scope): Finding | null {
  const name = nameOf(argv[0] ?? '');
  const words = argv.slice(1);
  const commands = [
    ...(/^[gmn]?awk$/.test(name) ? words.flatMap(ofAwk) : []),
    ...(/^g?sed$/.test(name) ? words.flatMap(ofSed) : []),
    ...(name === 'git' ? ofGit(words) : []),
    ...(OWN_LANGUAGE.has(name)
      ? [...words, input ?? '', ...filesOf(words, looking, scope)].flatMap(ofOwnLanguage)
      : []),
    ...words.flatMap((word) => TOLD.exec(word)?.[1] ?? []),
    ...(ESCAPING.has(name) ? words.flatMap((word) => AFTER_BANG.exec(word)?.[1] ?? []) : []),
  ];
  return firstOf(commands, (command) => looking.shell(command, inside(scope)));
}

/** Programs in a client's own language are given by file, too. */
function filesOf(words: readonly string[], looking: Looking, scope: Scope): readonly string[] {
  return words
    .filter((word) => /^[\w./~-]*\w\.\w{1,10}$/.test(word))
    .slice(0, 4)
    .flatMap((word) => textAt(word, looking, scope) ?? []);
}

const ESCAPING = new Set(['git', 'vim', 'vi', 'nvim', 'less', 'more', 'man', 'ed']);
/** Clients and debuggers that have a word for running a command. */
const OWN_LANGUAGE = new Set(
  'sqlite3 psql mysql mariadb duckdb redis-cli gdb lldb ftp lftp sftp telnet emacs emacsclient expect tclsh cmake jdb bc'.split(
    ' ',
  ),
);
/** `tar --checkpoint-action=exec=cmd`, `rsync -e cmd`, `zip -TT cmd`, `tar --to-command=cmd`. */
const TOLD =
  /^(?:--checkpoint-action=exec=|--to-command=|--use-compress-program=|--rsh=|--unzip-command=|--pager=|--pre=)(\S[\s\S]*)$/;
const AFTER_BANG = /(?:^|=|:|\+)!\s*(\S[\s\S]*)$/;

/** Each text of a program that gives some of them to a shell. */
function ofAwk(program: string): readonly string[] {
  if (!/\bsystem\s*\(|\|\s*(?:"|&|getline)|"\s*\||\bgetline\b/.test(program)) return [];
  return Array.from(program.matchAll(/"((?:[^"\\\n]|\\.){1,2000})"/g), ([, text = '']) =>
    text.replace(/\\(["\\/])/g, '$1'),
  );
}

function ofOwnLanguage(text: string): readonly string[] {
  const lines = Array.from(
    text.matchAll(
      /(?:^|[\n;])\s*(?:\\?!|\.(?:shell|system)\b|shell\b|system\b|spawn\b|exec\b)\s*(\S[^\n]*)/g,
    ),
    ([, command = '']) => command,
  );
  const calls = Array.from(
    text.matchAll(/\((?:shell-command(?:-to-string)?|call-process|start-process)\s+"((?:[^"\\]|\\.)*)"/g),
    ([, command = '']) => command.replace(/\\(.)/g, '$1'),
  );
  return [...lines, ...calls];
}

/** GNU's `e` command, behind whatever says where. */
function ofSed(script: string): readonly string[] {
  return script.split(/\n|;/).flatMap((part) => {
    const [, command] =
      /^\s*(?:\d+|\$|\/[^/]*\/)?(?:,(?:\d+|\$|\/[^/]*\/))?\s*\{?\s*e\s+(\S.*)$/.exec(part) ?? [];
    return command ?? [];
  });
}

/** Settings that name a program, and its own commands that run one. */
function ofGit(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    const before = words[index - 1] ?? '';
    if (before === '-c' || before === '--config-env') return /^[^=\s]+=(.+)$/s.exec(word)?.[1] ?? [];
    if (before === '-x' || before === '--exec') return [word];
    if (word.startsWith('--exec=')) return [word.slice('--exec='.length)];
    if (/^--(?:tree|index|msg|env|commit|parent|tag-name)-filter$/.test(before)) return [word];
    const isGiven = (before === 'bisect' && word === 'run') || (before === 'submodule' && word === 'foreach');
    return isGiven ? [words.slice(index + 1).join(' ')] : [];
  });
}
