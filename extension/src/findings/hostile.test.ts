import { expect, it } from 'vitest';
import { findIn } from './find.ts';

/** A quarter of the largest file that is looked at. */
const SIZE = 128 * 1024;
const filled = (piece: string) =>
  `snowflake account=\n${piece.repeat(Math.ceil(SIZE / piece.length))}`.slice(0, SIZE);

/** Texts that regular expressions of some kinds take minutes for. */
const PIECES = [
  'a',
  ' ',
  '\t',
  '"',
  "'",
  '=',
  'a=',
  'a="',
  'A_',
  'SNOWFLAKE_',
  '{',
  '(',
  'a:',
  '? ',
  '- ',
  '\n',
  ' \n',
  'a: b\n',
  ' a',
  '#',
  '${',
  '\\',
  'snowflake://',
  'jdbc:snowflake:',
  'a=b;',
  'a =',
  'a= ',
  ';',
  '[',
  '"a":',
  'put("',
  'create user ',
  '-----BEGIN PRIVATE KEY-----',
  'x.',
  'f"',
  '"""',
  '{{',
  '{"a":',
  '%',
];
const PATHS = [
  '.env',
  'connections.toml',
  'profiles.yml',
  '.vscode/mcp.json',
  'a.py',
  'a.ipynb',
  'main.go',
  'a.sql',
  'README.md',
];

it.each(PATHS)('%s takes bounded time, whatever is in it', (path) => {
  const slow: string[] = [];
  for (const piece of PIECES) {
    const text = filled(piece);
    const since = process.cpuUsage();
    findIn({ path, text }, { relays: ['sluice.example.com'] });
    const { user, system } = process.cpuUsage(since);
    // Some 0.1 s in proportion to the length; with a step that is squared, minutes. It is the processor's time that counts.
    if (user + system > 5_000_000)
      slow.push(`${JSON.stringify(piece)}: ${Math.round((user + system) / 1_000)} ms`);
  }
  expect(slow).toEqual([]);
});
