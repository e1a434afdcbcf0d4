import { expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { builtIn } from '../understand/built-ins.ts';
import { functionNamed } from './index.ts';

// While both tables are there: nothing that one knows is lost in the other, or taken for less.
const source = readFileSync(new URL('../understand/built-ins.ts', import.meta.url), 'utf8');
const names = [...new Set(source.match(/\b[A-Z][A-Z0-9_]+\b/g))].filter(
  (name) => builtIn(name) !== undefined,
);

it.each(names)('%s', (name) => {
  const before = builtIn(name)!;
  const now = functionNamed(name)?.kind;
  expect(
    before === 'scalar' ? ['scalar', 'window'] : before === 'context' ? ['context', 'scalar'] : [before],
  ).toContain(now);
});
