import { LineCounter, isMap, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import { formatIssue } from './issues.ts';

export type ReadYaml<Value> =
  | { readonly value: Value; readonly locate: (issues: readonly Issue[]) => readonly PolicyProblem[] }
  | { readonly value?: never; readonly problems: readonly PolicyProblem[] };

export interface PolicyProblem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** Where in the document: `rules[2].when.kinds`; empty for the document as a whole. */
  readonly path: string;
  /** What is wrong and what is expected. */
  readonly message: string;
}

/** Where in a document, and what is wrong there. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Longer texts are refused unread. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Reads YAML of a given form. All problems come at once, in the order of the text. */
export function readYaml<Schema extends z.ZodType>(text: string, schema: Schema): ReadYaml<z.output<Schema>> {
  if (text.length > MAX_CHARACTERS) {
    return { problems: [{ line: 1, column: 1, path: '', message: 'expected a file of at most 4 MiB' }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const spoken = [...document.errors, ...document.warnings];
  if (spoken.length > 0) {
    return {
      problems: spoken.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { line, column: col, path: '', message: lowerFirst(error.message) };
      }),
    };
  }
  const locate = (issues: readonly Issue[]) =>
    inOrder(issues.map((issue) => problemAt(document, lines, issue)));

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    const message = thrown instanceof Error ? lowerFirst(thrown.message) : 'unreadable';
    return { problems: locate([{ path: [], message }]) };
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { problems: locate(parsed.error.issues.flatMap(formatIssue)) };
  return { value: parsed.data, locate };
}

/** `policy.yaml:12:5: expected ... (at `rules[2].when`)`: one line for people and for editors to jump to. */
export function formatProblem(file: string, problem: PolicyProblem): string {
  const where = problem.path === '' ? '' : ` (at \`${problem.path}\`)`;
  return `${file}:${problem.line}:${problem.column}: ${problem.message}${where}`;
}

function problemAt(document: Document, lines: LineCounter, issue: Issue): PolicyProblem {
  const { line, col } = lines.linePos(offsetOf(document, issue.path));
  return {
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    path: formatPath(issue.path),
    message: issue.message,
  };
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

function inOrder(problems: PolicyProblem[]): PolicyProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}
