import { expect, it } from 'vitest';
import { escape, messagePage, page } from './page.ts';

it('what a page is told to say is text, and no part of the page', () => {
  const hostile = `<script>alert("it's & more")</script>`;
  const text = '&#60;script&#62;alert(&#34;it&#39;s &#38; more&#34;)&#60;/script&#62;';
  expect(escape(hostile)).toBe(text);
  const written = messagePage(hostile, hostile);
  expect(written).not.toContain('<script');
  expect(written).toContain(`<title>${text}</title>`);
  expect(written).toContain(`<h1>${text}</h1><p>${text}</p>`);
});

it('a page is one whole document around what it shows', () => {
  const written = page('Sign in', '<form></form>');
  expect(written.startsWith('<!doctype html><html')).toBe(true);
  expect(written).toContain('<h1>Sign in</h1><form></form></main>');
  expect(written).not.toContain('<script');
});
