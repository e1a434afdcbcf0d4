import css from './code-root.css?inline';

/**
 * Where CodeMirror stands: a shadow tree, in which the editor's own styles are style sheets, not elements, which the
 * pages' policy refuses.
 *
 * @param more what its user adds to how all code looks.
 */
export function codeRoot(host: HTMLElement, more: CSSStyleSheet): ShadowRoot {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [base, more];
  return root;
}

export function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

const base = styleSheet(css);
