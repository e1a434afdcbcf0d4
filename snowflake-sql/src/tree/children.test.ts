import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { split } from '../parse.ts';
import type { AnyNode } from './any-node.ts';
import { children, NODE_KINDS } from './children.ts';
import type { Statement } from './statements.ts';
import { visit, walk } from './walk.ts';

const statements: readonly Statement[] = readFileSync(new URL('../samples.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .flatMap((line) => split(line.replace(/^.*? \| /, '')).statements.map(({ statement }) => statement));

test('the children of every node of the samples are the nodes that its fields hold', () => {
  const kinds = new Set<string>();
  for (const root of statements) {
    for (const node of reflected(root)) {
      kinds.add(node.kind);
      const found = children(node);
      const reflected = directly(node);
      expect(found.every((child) => reflected.includes(child))).toBe(true);
      expect([node.kind, ...reflected.filter((child) => !found.includes(child))]).toEqual([node.kind]);
      expect(found.length).toBe(new Set(found).size);
    }
  }
  expect(NODE_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
});

test('a walk gives every node once', () => {
  for (const root of statements) {
    const walked = [...walk(root)];
    expect(new Set(walked)).toEqual(new Set(reflected(root)));
    expect(walked.length).toBe(new Set(walked).size);
  }
});

test('a walk goes in the order of the text, but for what is inside literals', () => {
  for (const root of statements) {
    const walked = [...walk(root)].filter(({ kind }) => kind !== 'embedded');
    const isPlain = walked.every(({ kind }) => kind !== 'script' && kind !== 'embedded_expression');
    const starts = isPlain ? walked.map(({ start }) => start) : [];
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  }
});

/** By reflection: whatever has a kind and a place. */
function* reflected(root: AnyNode): Generator<AnyNode> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    waiting.push(...directly(node));
  }
}

/** However deep it stands in lists and objects that are no nodes. */
function directly(part: object): readonly AnyNode[] {
  return Object.values(part).flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null) return [];
    return isNode(value) ? [value] : directly(value);
  });
}

function isNode(value: object): value is AnyNode {
  return 'kind' in value && typeof value.kind === 'string' && 'start' in value;
}

const SCRIPT = "begin select a, b from t; execute immediate 'select c'; end";

test('a visit calls what is asked for by kind, before and after', () => {
  const seen: string[] = [];
  visit(
    statementOf(SCRIPT),
    {
      column: ({ parts }, parent) => void seen.push(`${parts[0]!.name} in ${parent?.kind}`),
      execute_immediate: () => void seen.push('execute'),
      select: () => void seen.push('('),
    },
    { select: () => void seen.push(')') },
  );
  expect(seen).toEqual([
    '(',
    'A in select_item',
    'B in select_item',
    ')',
    'execute',
    '(',
    'C in select_item',
    ')',
  ]);
});

test('a visit stops where it is told to', () => {
  const seen: string[] = [];
  const note = ({ kind }: AnyNode) => void seen.push(kind);
  visit(
    statementOf(SCRIPT),
    { select: note, column: () => 'stop', execute_immediate: note },
    { block: note },
  );
  expect(seen).toEqual(['select']);
});

test('a visit skips what is below a node, and does not leave it', () => {
  const seen: string[] = [];
  const note = ({ kind }: AnyNode) => void seen.push(kind);
  visit(statementOf(SCRIPT), { query: () => 'skip', column: note }, { query: note, block: note });
  expect(seen).toEqual(['block']);
});

test('a tree deeper than the stack is visited', () => {
  let root = statementOf('select 1') as AnyNode;
  for (let depth = 0; depth < 100_000; depth += 1)
    root = { kind: 'flow', start: 0, end: 8, steps: [root as Statement] };
  let flows = 0;
  visit(root, { flow: () => void (flows += 1) });
  expect(flows).toBe(100_000);
  expect([...walk(root)].length).toBeGreaterThan(100_000);
});

function statementOf(sql: string): Statement {
  return split(sql).statements[0]!.statement;
}
