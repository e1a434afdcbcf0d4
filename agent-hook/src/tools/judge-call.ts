import { createBudget } from '../budget.ts';
import { judgeCode } from '../code/judge-code.ts';
import { judgeCells } from '../code/notebook.ts';
import { firstOf } from '../first-of.ts';
import { isCredentialFile, shortOf } from '../commands/credentials.ts';
import { judgeRun } from '../commands/judge-run.ts';
import { judgeFile } from '../files/judge-file.ts';
import type { Finding } from '../finding.ts';
import { reachedHostIn } from '../hosts.ts';
import { type Looking, newScope } from '../looking.ts';
import { readPowerShell } from '../shell/powershell.ts';
import { readShell } from '../shell/read-shell.ts';
import type { Surroundings } from '../surroundings.ts';
import type { ToolCall } from './call.ts';
import { notebookOf, taskOf } from './described.ts';
import { patchedFiles } from './patch.ts';
import { serverOf } from './servers.ts';

export interface JudgeOptions {
  readonly around: Surroundings;
  /** Whether time is up; asked at every step. */
  readonly isLate?: () => boolean;
}

/** Characters that are looked at for one call, counting those that are looked at again. */
const MOST = 8_000_000;

/**
 * What a tool's call would do to reach Snowflake past the relay; null when it is no attempt, as far as can be told.
 *
 * @throws TooMuch if the call is larger, deeper or slower to read than is looked at: it must not go on.
 */
export function judgeCall(call: ToolCall, { around, isLate = () => false }: JudgeOptions): Finding | null {
  const looking = lookingWith(around, isLate);
  const { tool, input } = call;
  return (
    serverOf(tool, input) ??
    commands(tool, input, looking) ??
    taskOf(tool, input, looking) ??
    notebookOf(tool, input, looking) ??
    programs(tool, input, looking) ??
    reads(tool, input) ??
    addresses(tool, input) ??
    files(input, looking)
  );
}

function lookingWith(around: Surroundings, isLate: () => boolean): Looking {
  const budget = createBudget(MOST, isLate);
  const looking: Looking = {
    around,
    budget,
    shell: (text, scope) => readShell(text, looking, scope, judgeRun),
    powershell: (text, scope) => readPowerShell(text, looking, scope, judgeRun),
    code: (text, scope) => judgeCode(text, looking, scope),
    file: (path, text) => judgeFile(path, text, looking),
  };
  return looking;
}

/** What people read, and what says where and how: no text that is run. */
const NOT_RUN =
  /^(?:explanation|description|goal|title|summary|reason|rationale|purpose|prompt|message|label|name|comment|thought\w*|id|session_?id|shell_?id|terminal_?id|process_?id|cwd|workdir|working_directory|directory|folder|workspace\w*|timeout\w*|env|server\w*|file_?path|path|url|uri|language|mode|output|content|contents|old_\w+|new_\w+|query|sql)$/i;
/** A list under such a name is of commands, under any other of words. */
const SEVERAL = /^(?:commands|cmds|scripts|lines|steps|inputs|keys)$/i;
const RUNS = /bash|shell|terminal|powershell|pwsh|command|exec|run|process|spawn|console|tmux|ssh/i;
const NO_RUN =
  /^(?:get_|list_|read_?terminal|terminal_?last|runTests|run_?test|run_subagent|runSubagent|get)/i;

/** Text for a shell. */
function commands(tool: string, input: ToolCall['input'], looking: Looking): Finding | null {
  if (!RUNS.test(tool) || NO_RUN.test(tool)) return null;
  for (const text of textsToRun(input)) {
    const isPowerShell =
      /powershell|pwsh/i.test(tool) ||
      /\$env:|\b(?:Invoke|Start|Get|Set|New)-[A-Z]\w+|\biex\b|\birm\b|\biwr\b/i.test(text);
    const scope = () => ({ ...newScope(), folder: folderOf(input) });
    const found =
      (isPowerShell ? looking.powershell(text, scope()) : null) ??
      // In doubt, either reading counts.
      (/powershell|pwsh/i.test(tool) ? null : looking.shell(text, scope()));
    if (found !== null) return found;
  }
  const task = Object(input['task']) as Readonly<Record<string, unknown>>;
  return typeof task['command'] === 'string' ? commands(tool, task, looking) : null;
}

/** Every text of its arguments that nothing says is not run, however its key is called; lists as one command, and as several. */
function textsToRun(input: ToolCall['input']): readonly string[] {
  const args = Array.isArray(input['args']) ? input['args'].filter((each) => typeof each === 'string') : [];
  return Object.entries(input)
    .filter(([key]) => !NOT_RUN.test(key))
    .flatMap(([key, value]) => {
      if (typeof value === 'string') return [key === 'args' ? value : [value, ...args.map(quoted)].join(' ')];
      if (!Array.isArray(value) || key === 'args') return [];
      const several = value.flatMap((each: unknown) => {
        if (typeof each === 'string') return SEVERAL.test(key) ? [each] : [];
        return typeof each === 'object' && each !== null ? textsToRun(each as ToolCall['input']) : [];
      });
      return [wordsOf(value), ...several];
    })
    .filter((text) => text !== '');
}

function wordsOf(value: readonly unknown[]): string {
  return value
    .filter((each) => typeof each === 'string')
    .map(quoted)
    .join(' ');
}

function quoted(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function folderOf(input: ToolCall['input']): string {
  const folder = input['cwd'] ?? input['workdir'] ?? input['working_directory'];
  return typeof folder === 'string' ? folder : '';
}

/** A program for an interpreter. */
function programs(tool: string, input: ToolCall['input'], looking: Looking): Finding | null {
  if (!/python|node|javascript|code|repl|jupyter|notebook|cell|snippet|kernel|eval/i.test(tool)) return null;
  // What is put into a file is judged as one.
  if (PATH_KEYS.some((key) => key in input) && !/run|exec/i.test(tool)) return null;
  if (/search|find|grep|read|list|docs/i.test(tool)) return null;
  return firstOf(textsToRun(input), (source) => judgeCells([{ id: null, source }], looking, newScope()));
}

const PATH_KEYS = [
  'filePath',
  'file_path',
  'path',
  'file',
  'filename',
  'notebook_path',
  'target_file',
  'uri',
];
const CONTENT_KEYS = [
  'content',
  'contents',
  'file_text',
  'fileText',
  'code',
  'text',
  'new_string',
  'newString',
  'new_str',
  'newStr',
  'new_source',
  'newCode',
  'insert_text',
  'replacement',
  'newText',
  'code_edit',
  'codeEdit',
  'new_content',
  'newContent',
  'updated_content',
  'body',
  'data',
  'new_text',
];

/** A person's profile that is read. */
function reads(tool: string, input: ToolCall['input']): Finding | null {
  if (/list|dir|stat|glob/i.test(tool)) return null;
  const place = [
    ...PATH_KEYS.map((key) => input[key]),
    ...(Array.isArray(input['paths']) ? input['paths'] : []),
  ].find((path) => typeof path === 'string' && isCredentialFile(path));
  const isWritten = CONTENT_KEYS.some((key) => key in input);
  return typeof place !== 'string' || isWritten
    ? null
    : { kind: 'credential', evidence: `${tool.slice(0, 60)} of ${shortOf(place)}` };
}

/** An account that a tool is told to fetch from, as an address of its own and not within a text. */
function addresses(tool: string, input: ToolCall['input']): Finding | null {
  if (/search|find|grep/i.test(tool)) return null;
  const values = Object.values(input).flatMap((value) => (Array.isArray(value) ? value : [value]));
  for (const value of values) {
    if (
      typeof value !== 'string' ||
      value.length > 4_000 ||
      !/^\s*(?:https?:\/\/|wss?:\/\/|snowflake:\/\/|jdbc:snowflake:)?[^\s]+\s*$/i.test(value)
    )
      continue;
    if (/^\s*(?:jdbc:)?snowflake:\/\//i.test(value))
      return { kind: 'client', evidence: `${tool.slice(0, 60)} with a connection string` };
    const host = reachedHostIn(value);
    if (host !== null) return { kind: 'request', evidence: `${tool.slice(0, 60)} to ${host}` };
  }
  return null;
}

/** Texts that are about to be in files, in any tool that has a path and a text. */
function files(input: ToolCall['input'], looking: Looking): Finding | null {
  const path = PATH_KEYS.map((key) => input[key]).find((value) => typeof value === 'string') ?? '';
  for (const patch of [input['input'], input['patch'], input['diff'], input['patch_text']]) {
    if (typeof patch !== 'string') continue;
    for (const file of patchedFiles(patch)) {
      const found = looking.file(file.path || path, file.added);
      if (found !== null) return found;
    }
  }
  for (const key of CONTENT_KEYS) {
    const value = input[key];
    if (typeof value !== 'string' && !(key === 'newCode' && Array.isArray(value))) continue;
    const text = typeof value === 'string' ? value : (value as readonly unknown[]).join('\n');
    const found = path === '' && key !== 'content' ? null : looking.file(path, text);
    if (found !== null) return found;
  }
  for (const key of ['edits', 'replacements', 'files', 'changes']) {
    const list = input[key];
    if (!Array.isArray(list)) continue;
    for (const each of list.slice(0, 500)) {
      if (typeof each !== 'object' || each === null) continue;
      const found = files({ ...(path === '' ? {} : { path }), ...(each as ToolCall['input']) }, looking);
      if (found !== null) return found;
    }
  }
  return null;
}
