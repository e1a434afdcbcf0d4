import { expect, it } from 'vitest';
import { codeBlock, inlineCode, plainText } from './index.ts';

it.each([
  ['[a](http://x.example)', '\\[a\\]\\(http\\://x.example\\)'],
  ['![](https://x.example/?q=1)', '\\!\\[\\]\\(https\\://x.example/?q=1\\)'],
  ['see www.x.example', 'see www\\.x.example'],
  ['ada@sluice.example', 'ada\\@sluice.example'],
  ['<img src=x>', '\\<img src=x\\>'],
  ['a\n# heading\n\n- list', 'a \\# heading \\- list'],
  ['1. one', '1\\. one'],
  ['$(trash) **bold** | cell', '\\$\\(trash\\) \\*\\*bold\\*\\* \\| cell'],
  ['left\u202eright', 'left\\\\u202eright'],
])('%j is text', (text, markdown) => {
  expect(plainText(text)).toBe(markdown);
});

it.each(['SELECT 1', 'SELECT `a`', '```\n# out of the block', '`'])('%j stays in its block', (text) => {
  const block = codeBlock(text, 'sql');
  const [, fence] = /^\n(`+)sql\n/.exec(block)!;
  expect(text.includes(fence!)).toBe(false);
  expect(block.endsWith(`\n${fence}\n`)).toBe(true);
  const [, ticks] = /^(`+)/.exec(inlineCode(text))!;
  expect(text.includes(ticks!)).toBe(false);
});
