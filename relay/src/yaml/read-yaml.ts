import { type Document, isMap, type LineCounter, type Node } from 'yaml';
import type { z } from 'zod';
import { parseBounded } from './parse-bounded.ts';
import { type Issue, issuesOf } from './wording.ts';

export type ReadYaml<Value> =
  | { readonly value: Value; readonly locate: (issues: readonly Issue[]) => readonly Problem[] }
  | { readonly value?: never; readonly problems: readonly Problem[] };

export interface Problem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** Where in the document: `rules[2].when.kinds`; empty for the document as a whole. */
  readonly path: string;
  /** What is wrong, what is expected, and what was found. */
  readonly message: string;
}

export interface YamlOptions {
  /** Whether what stands there must not be repeated in a message, which may end in a log. By default nothing. */
  readonly isSecret?: (path: readonly PropertyKey[]) => boolean;
}

/** Past these a reader has enough to do, and finding the place of each takes time. */
const MOST_PROBLEMS = 50;

/**
 * Reads YAML of a given form: policies, their cases, the relay's configuration. Pure, and bounded (`parseBounded`).
 * All problems come at once, in the order of the text; of more than fifty, the first fifty.
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  { isSecret = () => false }: YamlOptions = {},
): ReadYaml<z.output<Schema>> {
  const read = parseBounded(text);
  if ('errors' in read) {
    return {
      problems: read.errors
        .slice(0, MOST_PROBLEMS)
        .map(({ offset, message }) => ({ ...placeOf(read.lines, offset), path: '', message })),
    };
  }
  const { document, lines, value } = read;
  const locate = (issues: readonly Issue[]) =>
    inOrder(issues.slice(0, MOST_PROBLEMS).map((issue) => problemAt(document, lines, issue)));
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data, locate };
  return { problems: locate(parsed.error.issues.flatMap((issue) => issuesOf(issue, value, isSecret))) };
}

/** `policy.yaml:12:5: expected ... (at `rules[2].when`)`: one line for people and for editors to jump to. */
export function formatProblem(file: string, problem: Problem): string {
  const where = problem.path === '' ? '' : ` (at \`${problem.path}\`)`;
  return `${file}:${problem.line}:${problem.column}: ${problem.message}${where}`;
}

function problemAt(document: Document, lines: LineCounter, { path, message }: Issue): Problem {
  return { ...placeOf(lines, offsetOf(document, path)), path: formatPath(path), message };
}

function placeOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The key that the path ends in, or the deepest thing on the way to it that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(
        ({ key }) => String((key as { value?: unknown } | null)?.value) === String(last),
      );
      const key = pair?.key as Node | undefined;
      if (key?.range != null) return key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range != null) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function inOrder(problems: Problem[]): Problem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
