import { accountHostIn, namesRelay } from '../hosts.ts';

/**
 * The server of a configuration that reaches Snowflake past the relay: by its package, its address, or what it is given. Null
 * if there is none. A text that is no JSON, as an edit's is, is read by its words.
 */
export function startsServer(text: string, relays: readonly string[]): string | null {
  const host = accountHostIn(text);
  if (host !== null && /"url"|url\s*[:=]|serverUrl|httpUrl|mcp-remote/i.test(text))
    return `a server at ${host}`;
  for (const [name, server] of serversIn(text))
    if (isSnowflakeServer(name, server, relays)) return `the server \`${name.slice(0, 60)}\``;
  return isJson(text) || !PACKAGE.test(text) || namesRelay(text, relays) ? null : 'a server for Snowflake';
}

/** A file that may start servers, by its name and its words. */
export function isMcpConfiguration(path: string, text: string): boolean {
  return (
    /mcp|claude|settings|config|\.json$|\.toml$|\.ya?ml$|code-workspace$/i.test(path) &&
    /servers?\b|mcp/i.test(text)
  );
}

/** Whether a server, as an MCP configuration describes it, is one for Snowflake that does not go through the relay. */
export function isSnowflakeServer(name: string, server: unknown, relays: readonly string[]): boolean {
  const all = JSON.stringify(server);
  if (namesRelay(all, relays) && accountHostIn(all) === null) return false;
  return (
    !DOCUMENTATION.test(name) && (PACKAGE.test(all) || accountHostIn(all) !== null || hasCredentials(server))
  );
}

/** Packages that are servers for Snowflake. */
const PACKAGE =
  /\b(?:mcp[-_]server[-_]snowflake|snowflake[-_]labs[-_]mcp|mcp[-_]snowflake(?:[-_]\w+)*|snowflake[-_]mcp(?:[-_]\w+)*|[\w-]+\/snowflake-mcp|server-snowflake|snowflake-cortex[\w-]*mcp)\b/i;
const DOCUMENTATION = /docs?\b|documentation/i;

function hasCredentials(server: unknown): boolean {
  const { env } = Object(server) as { readonly env?: unknown };
  return Object.keys(Object(env) as object).some((name) =>
    /^(?:SNOWFLAKE|SNOWSQL)_(?:PASSWORD|TOKEN|PAT|PRIVATE_KEY\w*|ACCOUNT|USER)$/i.test(name),
  );
}

function serversIn(text: string): readonly (readonly [string, unknown])[] {
  const value = parsed(text);
  const root = Object(value) as Readonly<Record<string, unknown>>;
  const holders = [
    root['mcpServers'],
    root['servers'],
    (Object(root['mcp']) as Readonly<Record<string, unknown>>)['servers'],
  ];
  return holders.flatMap((servers) => Object.entries(Object(servers) as object));
}

function isJson(text: string): boolean {
  return parsed(text) !== undefined;
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
