/**
 * A text of somebody else's in Markdown, as it is: nothing in it is markup, a link or a new line. Names, reasons and rows come
 * from people and tables, and what stands in them must not look like the extension's own words.
 */
export function plainText(text: string): string {
  return (
    visible(text)
      .replaceAll(/\s+/g, ' ')
      // Of addresses the colon, dot or @ too: bare ones become links without any markup.
      .replaceAll(/[\\`*_{}[\]()#+!|~$&<>@-]/g, '\\$&')
      .replaceAll(/(?<=\b(?:https?|ftp|mailto|command|vscode)):/gi, '\\:')
      .replaceAll(/(?<=\bwww)\./gi, '\\.')
      .replace(/^(\d+)\./, '$1\\.')
  );
}

/** In a monospaced face, on one line. */
export function inlineCode(text: string): string {
  const line = visible(text).replaceAll(/\s+/g, ' ');
  const fence = '`'.repeat(longestRun(line) + 1);
  const isPadded = line.startsWith('`') || line.endsWith('`') || line.trim() === '';
  return isPadded ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** A block that nothing in the text can end. */
export function codeBlock(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `\n${fence}${language}\n${visible(text)}\n${fence}\n`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** Marks that turn text around or are not seen are shown by their numbers. */
function visible(text: string): string {
  return text.replaceAll(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
