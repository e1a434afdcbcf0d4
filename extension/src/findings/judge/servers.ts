import { isMcpConfiguration, isSnowflakeServer } from '@sluice/agent-hook/recognisers';
import type { ServerEntry } from '../finding.ts';
import type { Group } from '../read/block.ts';
import { tokensOf } from '../read/tokens.ts';

/** Servers of an MCP configuration in JSON that reach Snowflake past the relay, each with the place of its whole entry. */
export function serversIn(path: string, text: string, relays: readonly string[]): readonly ServerEntry[] {
  if (!isMcpConfiguration(path, text)) return [];
  const tokens = tokensOf(text, 'json');
  const found: ServerEntry[] = [];
  tokens.forEach((token, index) => {
    const isHolder = token.type === 'text' && (token.value === 'mcpServers' || token.value === 'servers');
    if (!isHolder || tokens[index + 1]?.value !== ':' || tokens[index + 2]?.value !== '{') return;
    for (const entry of entriesFrom(index + 3)) {
      const value = parsed(text.slice(entry.from, entry.end));
      if (value !== undefined && isSnowflakeServer(entry.name, value, relays))
        found.push({ name: entry.name, start: entry.from, end: entry.end });
    }
  });
  return found;

  function* entriesFrom(first: number): Generator<{ name: string; from: number; end: number }> {
    let depth = 0;
    let name = '';
    let from = 0;
    for (let at = first; at < tokens.length; at += 1) {
      const { type, value, start, end } = tokens[at]!;
      if (depth === 0 && type === 'text' && tokens[at + 1]?.value === ':') name = value;
      if (type !== 'mark') continue;
      if ('{['.includes(value)) {
        if (depth === 0) from = start;
        depth += 1;
      } else if ('}]'.includes(value)) {
        depth -= 1;
        if (depth < 0) return;
        if (depth === 0) yield { name, from, end };
      }
    }
  }
}

/** A server of Codex' configuration: `[mcp_servers.name]`. */
export function serverOfTable(
  { path, settings }: Group,
  text: string,
  relays: readonly string[],
): ServerEntry | null {
  const [holder, name = ''] = path;
  const [first, last] = [settings[0], settings.at(-1)];
  if (holder !== 'mcp_servers' || first === undefined || last === undefined) return null;
  const [start, end] = [first.whole.start, last.whole.end];
  return isSnowflakeServer(name, text.slice(start, end), relays) ? { name, start, end } : null;
}

/** Comments and commas at an end are usual in an editor's files. */
function parsed(text: string): unknown {
  for (const form of [text, text.replace(/^\s*\/\/.*$/gm, '').replace(/,(\s*[}\]])/g, '$1')]) {
    try {
      return JSON.parse(form);
    } catch {
      // The next form, or none.
    }
  }
  return undefined;
}
