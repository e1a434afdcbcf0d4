/** An account, by the hosts that Snowflake gives it. Downloads and documentation are on hosts of their own. */
const ACCOUNT =
  /(?<![\w.-])((?:[a-z0-9_-]+\.){1,8}(?:snowflakecomputing\.(?:com|cn)|snowflake\.app))(?![\w-]|\.[a-z0-9])/i;
const NO_ACCOUNTS = /^(?:sfc-repo|sfc-endpoint-probe|repo|ocsp[\w-]*)\.snowflakecomputing\.(?:com|cn)$/i;

/** The first account's host in a text; null if there is none. */
export function accountHostIn(text: string): string | null {
  const lower = text.toLowerCase();
  if (!lower.includes('snowflakecomputing') && !lower.includes('snowflake.app') && !lower.includes('%2e'))
    return null;
  for (const part of parts(lower)) {
    const host = ACCOUNT.exec(part)?.[1];
    if (host !== undefined && !NO_ACCOUNTS.test(host)) return host;
  }
  return null;
}

/**
 * The host that a request goes to, where that is an account's: also one whose account is told when it is made
 * (`{account}.snowflakecomputing.com`, `account + ".snowflakecomputing.com"`), and Snowflake's own pages, where a browser may be
 * signed in.
 */
export function reachedHostIn(text: string): string | null {
  const lower = text.toLowerCase();
  const made = MADE.exec(lower)?.[1];
  return made === undefined ? (accountHostIn(text) ?? PAGES.exec(lower)?.[0] ?? null) : `*.${made}`;
}

const MADE =
  /(?:[}\])>\uFFFD]|%[sv]|(?:\+|\.\.|\s\.|&|,)\s{0,4}[fbru]?['"`])\.((?:[a-z0-9_-]+\.){0,6}snowflakecomputing\.(?:com|cn))(?![\w-]|\.[a-z0-9])/;
const PAGES = /(?<![\w.-])app(?:\.[a-z0-9-]+){0,3}\.snowflake\.com(?![\w-]|\.[a-z0-9])/;

function parts(text: string): readonly string[] {
  return text
    .replaceAll('%2e', '.')
    .split(/[\s'"`<>()[\]{},;|\\]+/)
    .flatMap((part) => [part, ...part.split(/[/@:=?&#]+/)]);
}

/** Whether a text names one of the relay's hosts as a whole. */
export function namesRelay(text: string, relays: readonly string[]): boolean {
  return relays.some((relay) => hasWhole(text.toLowerCase(), relay));
}

function hasWhole(text: string, host: string): boolean {
  for (let at = text.indexOf(host); at !== -1; at = text.indexOf(host, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + host.length] ?? ' '];
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(after) && !/^\.[a-z0-9]/.test(text.slice(at + host.length)))
      return true;
  }
  return false;
}
