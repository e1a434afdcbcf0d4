import type { DoubleQuotedChild, ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash';
import type { Scope } from '../looking.ts';

/** Stands for what cannot be told from the text. */
export const UNKNOWN = '\uFFFD';

/** What a command substitution prints, as far as it can be told; null when it cannot. */
export type OutputOf = (script: ParsedScript, scope: Scope) => string | null;

/** A word as the fields that the shell makes of it: none when it is empty, several when a value has spaces. */
export function fieldsOf(word: Word, scope: Scope, outputOf: OutputOf): readonly string[] {
  const texts = spreadBraces(word.parts ?? [], word).flatMap((parts) =>
    parts === null
      ? [[{ text: word.value, splits: false }]]
      : [parts.map((part) => partOf(part, scope, outputOf))],
  );
  return texts.flatMap((pieces) => {
    if (!pieces.some(({ splits }) => splits)) return [pieces.map(({ text }) => text).join('')];
    const between = separators(scope.variables.get('IFS'));
    // Unquoted values are split at spaces; quoted ones stay with what is beside them.
    const fields: string[] = [''];
    for (const { text, splits } of pieces) {
      const [first = '', ...rest] = splits ? text.split(between) : [text];
      fields[fields.length - 1] += first;
      fields.push(...rest);
    }
    return fields.filter((field) => field !== '');
  });
}

/** What unquoted values are split at. */
function separators(letters: string | undefined): RegExp {
  if (letters === undefined || letters === '') return /\s+/;
  return new RegExp(`[${letters.slice(0, 16).replace(/[\\\]^-]/g, String.raw`\$&`)}]+`);
}

/** A word as one text, as in an assignment or a here-document. */
export function textOf(word: Word | undefined, scope: Scope, outputOf: OutputOf): string {
  if (word === undefined) return '';
  return word.parts === undefined ? word.value : textOfParts(word.parts, scope, outputOf);
}

export function textOfParts(
  parts: readonly (WordPart | DoubleQuotedChild)[],
  scope: Scope,
  outputOf: OutputOf,
): string {
  return parts.map((part) => partOf(part, scope, outputOf).text).join('');
}

interface Piece {
  readonly text: string;
  readonly splits: boolean;
}

function partOf(part: WordPart, scope: Scope, outputOf: OutputOf): Piece {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
    case 'Glob':
      return { text: part.value, splits: false };
    case 'DoubleQuoted':
    case 'LocaleString':
      return { text: textOfParts(part.parts, scope, outputOf), splits: part.parts.some(isEach) };
    case 'SimpleExpansion':
      return { text: scope.variables.get(part.text.slice(1)) ?? UNKNOWN, splits: true };
    case 'ParameterExpansion':
      return { text: parameter(part, scope, outputOf), splits: true };
    case 'CommandExpansion': {
      const output = part.script === undefined ? null : outputOf(part.script, scope);
      return { text: output?.replace(/\n+$/, '') ?? UNKNOWN, splits: true };
    }
    case 'ProcessSubstitution':
      return { text: madeFile(part, scope, (each) => outputOf(each, scope)), splits: false };
    case 'ArithmeticExpansion':
      return { text: UNKNOWN, splits: false };
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return { text: part.text, splits: false };
    default:
      return part satisfies never;
  }
}

/** `<(cmd)`: a file that holds what the command prints. */
function madeFile(
  { text, script }: Extract<WordPart, { type: 'ProcessSubstitution' }>,
  { files }: Scope,
  outputOf: (script: ParsedScript) => string | null,
): string {
  const output = script === undefined || !text.startsWith('<') ? null : outputOf(script);
  if (output === null) return UNKNOWN;
  const path = `/dev/fd/${files.size}`;
  files.set(path, output);
  return path;
}

/** `"$@"` and `"${x[@]}"`: a field for each. */
function isEach(part: DoubleQuotedChild): boolean {
  return /^(?:\$@|\$\{[\w@]*(?:\[@\])?\})$/.test(part.text) && part.text.includes('@');
}

function parameter(part: ParameterExpansionPart, scope: Scope, outputOf: OutputOf): string {
  const element = /^\$\{(\w+\[\d+\])\}$/.exec(part.text)?.[1];
  const value = scope.variables.get(element ?? part.parameter);
  if (part.prefix === '!') return scope.variables.get(value ?? '') ?? UNKNOWN;
  if (part.prefix === '#') return value === undefined ? UNKNOWN : String(value.length);
  const { operation } = part;
  if (operation === undefined) return value ?? UNKNOWN;
  const operand = (word: Word | undefined) => textOf(word, scope, outputOf);
  switch (operation.type) {
    case 'Default':
      if (operation.operator.endsWith('+'))
        return value === undefined && !ALWAYS_SET.test(part.parameter) ? '' : operand(operation.operand);
      return value ?? (operation.operator.endsWith('?') ? UNKNOWN : operand(operation.operand));
    case 'Slice': {
      const [from, length] = [Number(operand(operation.offset)), Number(operand(operation.length) || NaN)];
      if (value === undefined || !Number.isInteger(from)) return value ?? UNKNOWN;
      const rest = value.slice(from);
      return Number.isInteger(length) ? rest.slice(0, length) : rest;
    }
    case 'Replace': {
      const [pattern, replacement] = [operand(operation.pattern), operand(operation.replacement)];
      if (value === undefined || pattern === '') return value ?? UNKNOWN;
      return operation.operator === '//'
        ? value.replaceAll(pattern, () => replacement)
        : value.replace(pattern, () => replacement);
    }
    case 'Remove': {
      const pattern = operand(operation.operand);
      if (value === undefined) return UNKNOWN;
      if (operation.operator.startsWith('#') && value.startsWith(pattern)) return value.slice(pattern.length);
      return operation.operator.startsWith('%') && value.endsWith(pattern)
        ? value.slice(0, value.length - pattern.length)
        : value;
    }
    case 'CaseModification':
      if (value === undefined) return UNKNOWN;
      if (operation.operator === ',,') return value.toLowerCase();
      if (operation.operator === '^^') return value.toUpperCase();
      return operation.operator === ','
        ? value.charAt(0).toLowerCase() + value.slice(1)
        : value.charAt(0).toUpperCase() + value.slice(1);
    case 'Transform':
    case 'Names':
    case 'Unknown':
      return value ?? UNKNOWN;
    default:
      return operation satisfies never;
  }
}

const ALWAYS_SET = /^(?:[0?$#!-]|HOME|PATH|PWD|USER|LOGNAME|SHELL|BASH\w*|PPID|UID|RANDOM|SECONDS|HOSTNAME)$/;

/** `{a,b}c` is `ac` and `bc`. Null stands for a word that has no parts. */
function spreadBraces(parts: readonly WordPart[], word: Word): readonly (readonly WordPart[] | null)[] {
  if (word.parts === undefined) return [null];
  const at = parts.findIndex(({ type }) => type === 'BraceExpansion');
  const brace = parts[at];
  if (brace === undefined) return [parts];
  const choices = /^\{([^{}]*,[^{}]*)\}$/.exec(brace.text)?.[1]?.split(',').slice(0, 16);
  if (choices === undefined) return [parts];
  return choices.map((value) => [
    ...parts.slice(0, at),
    {
      type: 'Literal',
      pos: brace.pos,
      end: brace.end,
      value: value.replace(/['"\\]/g, ''),
      text: value,
    } as const,
    ...parts.slice(at + 1),
  ]);
}
