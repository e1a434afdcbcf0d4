import type { LookedAt, ServerEntry } from '../finding.ts';
import type { Edit, Fix } from './fix.ts';
import { type RelayParts, TOKEN_VARIABLE } from './relay.ts';

const INPUT = 'sluice-token';

/** The relay's own MCP server in the place of one that reaches Snowflake by itself, as docs/mcp.md sets it up. */
export function serverFix({ path, text }: LookedAt, server: ServerEntry, { url }: RelayParts): Fix {
  const isEditors = /(?:^|\/)\.vscode\/mcp\.json$|\.code-workspace$/.test(path);
  const token = isEditors
    ? `\${input:${INPUT}}`
    : /(?:^|\/)\.mcp\.json$|claude/i.test(path)
      ? `\${${TOKEN_VARIABLE}}`
      : `\${env:${TOKEN_VARIABLE}}`;
  const value = { type: 'http', url: `${url}/mcp`, headers: { Authorization: `Bearer ${token}` } };
  const indent = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', server.start) + 1))![0];
  const written = JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
  return {
    edits: [{ start: server.start, end: server.end, text: written }, ...(isEditors ? inputs(text) : [])],
    token: isEditors ? 'prompt' : 'variable',
  };
}

/** What asks for the token, and keeps it as a secret of the editor. */
function inputs(text: string): readonly Edit[] {
  if (text.includes(`"${INPUT}"`)) return [];
  const input = JSON.stringify({
    id: INPUT,
    type: 'promptString',
    description: 'Sluice token',
    password: true,
  });
  const list = /"inputs"\s*:\s*\[/.exec(text);
  if (list !== null) {
    const at = list.index + list[0].length;
    return [{ start: at, end: at, text: /^\s*\]/.test(text.slice(at)) ? input : `${input}, ` }];
  }
  const at = text.indexOf('{') + 1;
  return [{ start: at, end: at, text: `\n  "inputs": [${input}],` }];
}
