import type { Finding } from '../finding.ts';
import type { ToolCall } from './call.ts';

/** A tool of another server, or of an extension, that is Snowflake's by its name. */
export function serverOf(tool: string, input: ToolCall['input']): Finding | null {
  const name = tool.toLowerCase();
  const server = [input['server'], input['serverName'], input['server_name'], input['mcp_server']].find(
    (each) => typeof each === 'string',
  );
  const all = `${name} ${(server ?? '').toLowerCase()}`;
  if (/(?:^|[^a-z])sluice(?:[^a-z]|$)/.test(all) || TEACHES.test(all)) return null;
  const isSnowflakes = /snowflake|snowpark|(?:^|[^a-z])cortex_(?:analyst|search|agent)/.test(all);
  return isSnowflakes ? { kind: 'server', evidence: `the tool ${tool.slice(0, 80)}` } : null;
}

const TEACHES =
  /docs?(?:[^a-z]|$)|documentation|skill|(?:read|open|view|create|edit|search)_?(?:file|code)?$/;
