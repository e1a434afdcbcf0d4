import {
  type Assignment,
  type Command,
  type CommandNode,
  type CompoundList,
  parse,
  type ParsedScript,
  type Pipeline,
  type Redirection,
  type Statement,
  type Word,
  type WordPart,
} from 'unbash';
import { DEEPEST, TooMuch } from '../budget.ts';
import type { Finding } from '../finding.ts';
import { inside, type Looking, pathIn, type Scope } from '../looking.ts';
import { expandedIn } from './expanded.ts';
import { outputOf } from './outputs.ts';
import { statementsIn } from './statements.ts';
import { fieldsOf, textOf, textOfParts, UNKNOWN } from './words.ts';

/** One command, with everything that can be told of it from the text. */
export interface Run {
  /** Its words, without quotes and with the values of variables; what cannot be told is `UNKNOWN`. */
  readonly argv: readonly string[];
  /** Variables that are set by it, or for it alone. */
  readonly assigned: readonly (readonly [name: string, value: string])[];
  /** What it is given on standard input, as far as it can be told. */
  readonly input: string | null;
  /** Variables that its words have the values of, where those are not told by the text. */
  readonly expanded: readonly string[];
  /** Files that it is given, or that its output goes to. */
  readonly files: readonly { readonly path: string; readonly isWritten: boolean }[];
}

export type JudgeRun = (run: Run, looking: Looking, scope: Scope) => Finding | null;

/**
 * Looks at every command of a shell text, in order, those of substitutions and functions too: whichever branch is taken,
 * it has been looked at.
 *
 * @throws TooMuch
 */
export function readShell(text: string, looking: Looking, scope: Scope, judge: JudgeRun): Finding | null {
  looking.budget.spend(text.length);
  if (scope.depth > DEEPEST) throw new TooMuch();
  const whole = parse(text);
  const found = script(whole, { looking, scope, judge, source: text });
  if (found !== null || (whole.errors ?? []).length === 0) return found;
  // Behind a mistake nothing would have been read.
  return first(statementsIn(text), (each) => {
    looking.budget.spend(each.length);
    return script(parse(each), { looking, scope, judge, source: each });
  });
}

interface Reading {
  readonly looking: Looking;
  readonly scope: Scope;
  readonly judge: JudgeRun;
  readonly source: string;
}

function script({ commands }: Pick<ParsedScript, 'commands'>, reading: Reading): Finding | null {
  return first(commands, (each) => statement(each, reading));
}

function list(commands: CompoundList | undefined, reading: Reading): Finding | null {
  return commands === undefined ? null : first(commands.commands, (each) => statement(each, reading));
}

function statement({ command }: Statement, reading: Reading): Finding | null {
  if (command.type !== 'AndOr') return pipelineNode(command, reading);
  return first(command.commands, (each) => pipelineNode(each, reading));
}

function pipelineNode(node: CommandNode | Pipeline, reading: Reading): Finding | null {
  return node.type === 'Pipeline' ? pipeline(node, reading) : commandNode(node, reading, null).finding;
}

interface Ran {
  readonly finding: Finding | null;
  /** What it prints, as far as it can be told. */
  readonly output: string | null;
}

const NOTHING: Ran = { finding: null, output: null };

function pipeline({ commands }: Pipeline, reading: Reading): Finding | null {
  let input: string | null = null;
  for (const each of commands) {
    const { finding, output }: Ran = commandNode(each, reading, input);
    if (finding !== null) return finding;
    input = output;
  }
  return null;
}

function commandNode(node: CommandNode, reading: Reading, input: string | null): Ran {
  reading.looking.budget.spend(0);
  const only = (finding: Finding | null): Ran => ({ finding, output: null });
  switch (node.type) {
    case 'Command':
      return command(node, reading, input);
    case 'Redirected': {
      const given = inputOf(node.redirects, reading) ?? input;
      const { judge, looking, scope } = reading;
      const files = filesOf(node.redirects, reading);
      const read = judge({ argv: [], assigned: [], input: null, expanded: [], files }, looking, scope);
      if (read !== null) return only(read);
      const found = commandNode(node.command, reading, given);
      return found.finding === null ? only(redirected(node.redirects, reading, found.output)) : found;
    }
    case 'Subshell':
    case 'BraceGroup': {
      const outputs: (string | null)[] = [];
      for (const { command: each } of node.body.commands) {
        const ran =
          each.type === 'AndOr' || each.type === 'Pipeline' ? NOTHING : commandNode(each, reading, input);
        const finding = ran.finding ?? (ran === NOTHING ? statementOf(each, reading) : null);
        if (finding !== null) return only(finding);
        outputs.push(ran.output);
      }
      // What is not known of it stands between what is.
      const isUnknown = outputs.every((each) => each === null);
      return {
        finding: null,
        output: isUnknown ? null : outputs.map((each) => each ?? `${UNKNOWN}\n`).join(''),
      };
    }
    case 'If':
      return only(
        list(node.clause, reading) ??
          list(node.then, reading) ??
          first(node.elif, ({ clause, then }) => list(clause, reading) ?? list(then, reading)) ??
          list(node.else, reading),
      );
    case 'While':
      return only(loop(node.body, node.clause, reading, input));
    case 'For':
    case 'Select': {
      const words = (node.wordlist ?? []).flatMap((word) => fields(word, reading));
      const found = first(words.slice(0, 32), (value) => {
        reading.scope.variables.set(node.name.value, value);
        return list(node.body, reading);
      });
      return only(found ?? (words.length === 0 ? list(node.body, reading) : null));
    }
    case 'ArithmeticFor':
      return only(list(node.body, reading));
    case 'Case':
      return only(first(node.items, ({ body }) => list(body, reading)));
    case 'Function': {
      // Looked at here with nothing known of its arguments, and again wherever it is called.
      reading.scope.functions.set(node.name.value, reading.source.slice(node.body.pos, node.body.end));
      const body = node.body.type === 'CompoundList' ? list(node.body, reading) : null;
      return only(
        body ?? (node.body.type === 'CompoundList' ? null : commandNode(node.body, reading, null).finding),
      );
    }
    case 'Coproc':
      return node.body.type === 'CompoundList'
        ? only(list(node.body, reading))
        : commandNode(node.body, reading, null);
    case 'TestCommand':
    case 'ArithmeticCommand':
      return NOTHING;
    default:
      return node satisfies never;
  }
}

function statementOf(node: Statement['command'], reading: Reading): Finding | null {
  return node.type === 'AndOr'
    ? first(node.commands, (each) => pipelineNode(each, reading))
    : pipelineNode(node, reading);
}

/** `while read line; do $line; done`: the body is looked at with what is read, where that can be told. */
function loop(
  body: CompoundList,
  clause: CompoundList,
  reading: Reading,
  input: string | null,
): Finding | null {
  const reads = clause.commands.flatMap(({ command: node }) =>
    node.type === 'Command' && node.name?.value === 'read'
      ? node.args.flatMap((word) => (word.type === 'Word' && !word.value.startsWith('-') ? [word.value] : []))
      : [],
  );
  const name = reads.at(-1);
  const found = list(clause, reading);
  if (found !== null || name === undefined || input === null) return found ?? list(body, reading);
  return first(input.split('\n').slice(0, 32), (line) => {
    reading.scope.variables.set(name, line);
    return list(body, reading);
  });
}

function command(node: Command, reading: Reading, input: string | null): Ran {
  const { scope, looking, judge } = reading;
  const assigned: [string, string][] = [];
  const isDeclared = node.args.some(({ type }) => type === 'Assignment');
  for (const each of [...node.prefix, ...node.suffix]) {
    const found = substituted(each, reading);
    if (found !== null) return { finding: found, output: null };
    if (each.type === 'Assignment') assigned.push(...assignment(each, reading));
  }
  const nameFields = node.name === undefined ? [] : fields(node.name, reading);
  const substitutedName = node.name === undefined ? null : substitutedIn(node.name.parts, reading);
  if (substitutedName !== null) return { finding: substitutedName, output: null };
  // What is set for one command alone is known to it, and is kept: a later command is judged with both.
  if (nameFields.length === 0 || isDeclared || assigned.length > 0)
    for (const [name, value] of assigned) scope.variables.set(name, value);
  const argv = aliased(
    [
      ...nameFields,
      ...node.args.flatMap((word) =>
        word.type === 'Word'
          ? fields(word, reading)
          : [`${word.name}=${assigned.find(([name]) => name === word.name)?.[1] ?? ''}`],
      ),
    ],
    scope,
  );
  const given = inputOf(node.redirects, reading) ?? input;
  const files = filesOf(node.redirects, reading);
  looking.budget.spend(argv.reduce((sum, word) => sum + word.length, 0));
  const expanded = [...node.args, ...node.redirects].flatMap((each) => expandedIn(each, scope));
  const finding = judge({ argv, assigned, input: given, expanded, files }, looking, scope);
  if (finding !== null) return { finding, output: null };
  const output = outputOf(argv, given, (path) => fileText(path, reading), looking.around.inflated);
  return { finding: redirected(node.redirects, reading, output), output };
}

function filesOf(redirects: readonly Redirection[], reading: Reading): Run['files'] {
  return redirects.flatMap((each) =>
    each.type === 'Redirect' && each.target !== undefined && !each.operator.endsWith('&')
      ? [
          {
            path: pathIn(reading.scope, wordText(each.target, reading)),
            isWritten: each.operator.includes('>'),
          },
        ]
      : [],
  );
}

/** A file's text that the script has written, or that is there. */
function fileText(path: string, { scope, looking }: Reading): string | null {
  const place = pathIn(scope, path);
  const written = scope.files.get(place);
  if (written !== undefined) return written;
  if (path.includes(UNKNOWN)) return null;
  const read = looking.around.read(place);
  return read.outcome === 'text' ? read.text : null;
}

function aliased(argv: readonly string[], { aliases }: Scope): readonly string[] {
  const meant = aliases.get(argv[0] ?? '');
  return meant === undefined ? argv : [...meant.split(/\s+/).filter((word) => word !== ''), ...argv.slice(1)];
}

function assignment({ name, value, append }: Assignment, reading: Reading): readonly [string, string][] {
  const { variables } = reading.scope;
  if (value.type === 'ArrayValue') {
    const words = value.elements.flatMap((word) => fields(word, reading));
    words.forEach((word, index) => variables.set(`${name}[${index}]`, word));
    variables.set(name, words.join(' '));
    return [];
  }
  const text = wordText(value, reading);
  return [[name, append === true ? (variables.get(name) ?? '') + text : text]];
}

/** Files that were given their text by a redirection, so that what reads them later is judged by it. */
function redirected(
  redirects: readonly Redirection[],
  reading: Reading,
  output: string | null,
): Finding | null {
  if (output === null) return null;
  const { files } = reading.scope;
  return first(redirects, (each) => {
    if (each.type !== 'Redirect' || !each.operator.includes('>') || each.operator.endsWith('&')) return null;
    if ((each.descriptor?.type === 'FileDescriptor' ? each.descriptor.value : 1) !== 1) return null;
    const path = pathIn(reading.scope, wordText(each.target, reading));
    const text = each.operator === '>>' ? (files.get(path) ?? '') + output : output;
    files.set(path, text);
    return reading.looking.file(path, text);
  });
}

function inputOf(redirects: readonly Redirection[], reading: Reading): string | null {
  const last = redirects.findLast(({ type, operator }) => type !== 'Redirect' || operator === '<');
  if (last === undefined) return null;
  switch (last.type) {
    case 'HereString':
      return `${wordText(last.target, reading)}\n`;
    case 'HereDoc':
      return last.delimiter?.quoted === true || last.body.parts === undefined
        ? last.body.text
        : textOfParts(last.body.parts, reading.scope, (each) => printed(each, reading));
    case 'Redirect':
      return last.target === undefined ? null : fileText(wordText(last.target, reading), reading);
    default:
      return last satisfies never;
  }
}

/** What is run in order to make a word, a value or a here-document. */
function substituted(
  node: Command['prefix'][number] | Command['suffix'][number],
  reading: Reading,
): Finding | null {
  switch (node.type) {
    case 'Word':
      return substitutedIn(node.parts, reading);
    case 'Assignment':
      return node.value.type === 'Word'
        ? substitutedIn(node.value.parts, reading)
        : first(node.value.elements, ({ parts }) => substitutedIn(parts, reading));
    case 'Redirect':
    case 'HereString':
      return substitutedIn(node.target?.parts, reading);
    case 'HereDoc':
      return node.delimiter?.quoted === true ? null : substitutedIn(node.body.parts, reading);
    default:
      return node satisfies never;
  }
}

function substitutedIn(parts: readonly WordPart[] | undefined, reading: Reading): Finding | null {
  if (parts === undefined) return null;
  return first(parts, (part) => {
    switch (part.type) {
      case 'DoubleQuoted':
      case 'LocaleString':
        return substitutedIn(part.parts, reading);
      case 'CommandExpansion':
      case 'ProcessSubstitution':
        return part.script === undefined ? null : nested(part.script, reading);
      case 'ParameterExpansion': {
        const { operation } = part;
        return operation?.type === 'Default' ? substitutedIn(operation.operand.parts, reading) : null;
      }
      default:
        return null;
    }
  });
}

function nested(inner: ParsedScript, { looking, scope, judge, source }: Reading): Finding | null {
  looking.budget.spend(0);
  if (scope.depth > DEEPEST) throw new TooMuch();
  return script(inner, { looking, scope: inside(scope), judge, source: inner.source ?? source });
}

function fields(word: Word, reading: Reading): readonly string[] {
  return fieldsOf(word, reading.scope, (each) => printed(each, reading));
}

function wordText(word: Word | undefined, reading: Reading): string {
  return textOf(word, reading.scope, (each) => printed(each, reading));
}

/** What a substitution prints, of the commands whose output can be told; it has been judged, or will be. */
function printed(inner: ParsedScript, reading: Reading): string | null {
  reading.looking.budget.spend(0);
  if (reading.scope.depth > DEEPEST) throw new TooMuch();
  const quiet: Reading = { ...reading, scope: inside(reading.scope), judge: () => null };
  const outputs = inner.commands.map(({ command: node }) => {
    if (node.type === 'AndOr') return null;
    if (node.type !== 'Pipeline') return commandNode(node, quiet, null).output;
    let input: string | null = null;
    for (const each of node.commands) input = commandNode(each, quiet, input).output;
    return input;
  });
  if (outputs.length === 0) return onlyFile(inner, quiet);
  return outputs.includes(null) ? onlyFile(inner, quiet) : outputs.join('');
}

/** `$(<file)`. */
function onlyFile({ commands }: ParsedScript, reading: Reading): string | null {
  const node = commands[0]?.command;
  if (commands.length !== 1 || node?.type !== 'Command' || node.name !== undefined) return null;
  return inputOf(node.redirects, reading);
}

function first<Item>(items: readonly Item[], find: (item: Item) => Finding | null): Finding | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
