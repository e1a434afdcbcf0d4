import { expect, it } from 'vitest';
import { confirmPage } from './sign-in-page.ts';

it('shows the code that it asks about, and what to do if it is another one', () => {
  const shown = confirmPage('XJXH-KBSR', '<form id="op.deviceConfirmForm"></form>');
  expect(shown).toContain('<strong>XJXH-KBSR</strong>');
  expect(shown).toContain('form="op.deviceConfirmForm"');
  expect(shown).toContain('close this page');
  expect(confirmPage('<b>', '')).not.toContain('<b>');
});
