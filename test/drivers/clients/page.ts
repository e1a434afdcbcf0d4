import { fileURLToPath } from 'node:url';

/** The page with the table of what was tried with the demo relay. */
export const CLIENTS_PAGE = fileURLToPath(new URL('../../../docs/driver-protocol.md', import.meta.url));

const HEAD = '| client | works | does not |';

/** The page with these rows in place of the table's own. */
export function withRows(page: string, rows: readonly string[]): string {
  const lines = page.split('\n');
  const head = lines.indexOf(HEAD);
  if (head === -1) throw new Error(`no table of clients in ${CLIENTS_PAGE}`);
  const end = lines.findIndex((line, index) => index > head + 1 && !line.startsWith('|'));
  return [...lines.slice(0, head + 2), ...rows, ...lines.slice(end)].join('\n');
}
