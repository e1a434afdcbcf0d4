import { isCredentialFile, SECRET_NAME, shortOf } from '../commands/credentials.ts';
import { isHookFile } from '../commands/hook-kept.ts';
import type { Finding } from '../finding.ts';
import { accountHostIn, namesRelay } from '../hosts.ts';
import type { Budget } from '../budget.ts';
import { isPlaceholder } from '../placeholders.ts';
import type { Surroundings } from '../surroundings.ts';
import { startsServer } from './mcp-configuration.ts';

/** A text that is about to be in a file: whether it holds a credential for Snowflake, or starts a server for it. */
export function judgeFile(
  path: string,
  text: string,
  { around, budget }: { readonly around: Surroundings; readonly budget: Budget },
): Finding | null {
  budget.spend(text.length);
  if (isHookFile(path)) return { kind: 'hook', evidence: 'the hook itself, taken out or changed' };
  const place = shortOf(path);
  if (isMcpConfiguration(path, text)) {
    const server = startsServer(text, around.relays);
    if (server !== null) return { kind: 'server', evidence: `${server} in ${place}` };
  }
  const found = credentialIn(path, text, around);
  return found === null ? null : { kind: 'credential', evidence: `${found} in ${place}` };
}

function isMcpConfiguration(path: string, text: string): boolean {
  return (
    /mcp|claude|settings|config|\.json$|\.toml$|\.ya?ml$|code-workspace$/i.test(path) &&
    /servers?\b|mcp/i.test(text)
  );
}

/** Texts that teach: what stands in for a secret there may look much like one. */
const TEACHES =
  /\.(?:md|mdx|rst|adoc|txt|html?|example|sample|template|tmpl|dist|tpl|j2)$|(?:^|[./_-])(?:example|sample|template)s?(?:[./_-]|$)|(?:^|\/)docs?\//i;

function credentialIn(path: string, text: string, around: Surroundings): string | null {
  const teaches = TEACHES.test(path);
  const isSecret = (value: string) => !isPlaceholder(value) && (!teaches || looksRandom(value));
  const known = knownValue(text, isSecret);
  if (known !== null && !isOfRelay(text, around)) return known;
  const url = urlWithSecret(text, isSecret, around);
  if (url) return 'a connection string with a password';
  // Elsewhere, a name such as `password` is Snowflake's only where the file is.
  const existing = around.read(path);
  const whole = existing.outcome === 'text' ? `${text}\n${existing.text}` : text;
  if (!isSnowflakes(path, whole) || isOfRelay(whole, around)) return null;
  if (/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/=\s\\n]{64}/.test(text))
    return 'a private key beside an account';
  const name = literalSecret(text, isSecret);
  return name === null ? null : `\`${name}\` with a value`;
}

/** A variable whose name says that it is Snowflake's secret, with a value. */
function knownValue(text: string, isSecret: (value: string) => boolean): string | null {
  const set = text.matchAll(
    /(?<![\w$])["']?([A-Za-z][A-Za-z0-9_]{4,80})["']?\]?\s*(?::\s*(?:str|string)\s*)?(?:=|:=|:|,|\s=>)\s*(?:"([^"\n]{0,4000})"|'([^'\n]{0,4000})'|([^\s"'#,;][^\s#,;]{0,4000}))/g,
  );
  for (const [, name = '', double, single, bare = ''] of set)
    if (
      SECRET_NAME.test(name) &&
      isSecret(double ?? single ?? bare) &&
      !isCall(double ?? single ?? null, bare)
    )
      return name;
  return null;
}

/** `os.environ["X"]`, `getenv('X')`, `${X}`: fetched when it runs. */
function isCall(quoted: string | null, bare: string): boolean {
  return quoted === null && /[([{$]|^[a-z_]+\.[a-z]/i.test(bare);
}

function urlWithSecret(text: string, isSecret: (value: string) => boolean, around: Surroundings): boolean {
  for (const [whole, secret = ''] of text.matchAll(
    /\bsnowflake(?:\+\w+)?:\/\/[^:@\s/'"`]{1,200}:([^@\s'"`]{1,400})@[^\s'"`]{1,400}/gi,
  ))
    if (isSecret(decodeSafely(secret)) && !/[{$<%][({]?[a-z_]/i.test(secret) && !isOfRelay(whole, around))
      return true;
  for (const [whole] of text.matchAll(/\bjdbc:snowflake:\/\/[^\s'"`]{1,600}/gi)) {
    const secret = /[?&;](?:password|token|private_key_pwd)=([^&\s;'"`]+)/i.exec(whole)?.[1] ?? '';
    if (isSecret(secret) && !isOfRelay(whole, around)) return true;
  }
  return false;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether the file is about a connection to Snowflake. */
function isSnowflakes(path: string, text: string): boolean {
  return (
    isCredentialFile(path) ||
    accountHostIn(text) !== null ||
    /\bsnowflake\b[\s\S]{0,4000}\baccount\b|\baccount\b[\s\S]{0,4000}\bsnowflake\b|type:\s*['"]?snowflake\b|snowflake\.(?:connector|snowpark|connect)|snowflake-sdk/i.test(
      text,
    )
  );
}

function isOfRelay(text: string, { relays }: Surroundings): boolean {
  return accountHostIn(text) === null && namesRelay(text, relays);
}

const SECRET_KEY =
  /^(?:password|passwd|pwd|passcode|token|access_token|oauth_token|private_key(?:_passphrase|_pwd|pass|_content)?|privatekey(?:pass|pwd)?|secret|pat|programmatic_access_token)$/i;

function literalSecret(text: string, isSecret: (value: string) => boolean): string | null {
  const set = text.matchAll(
    /(?<![\w$])["']?([A-Za-z][A-Za-z_]{2,40})["']?\s*(=>?|:)\s*(?:[brf]?"([^"\n]{0,4000})"|[brf]?'([^'\n]{0,4000})'|([^\s"'#,;)}]{1,4000}))/g,
  );
  for (const [, name = '', , double, single, bare = ''] of set) {
    const value = double ?? single ?? bare;
    if (
      SECRET_KEY.test(name) &&
      isSecret(value) &&
      !isCall(double ?? single ?? null, bare) &&
      !isWord(double ?? single ?? null, bare)
    )
      return name;
  }
  return null;
}

/** Code that hands on a variable: `password=password`. */
function isWord(quoted: string | null, bare: string): boolean {
  return quoted === null && /^[A-Za-z_][\w.]*$/.test(bare) && !/\d/.test(bare);
}

/** Long, and of letters, digits and more, as no word of a text is. */
function looksRandom(value: string): boolean {
  return (
    value.length >= 12 &&
    /\d/.test(value) &&
    /[a-z]/.test(value) &&
    (/[A-Z]/.test(value) || /[^\w]/.test(value)) &&
    !/example|your|here|placeholder|secret|password/i.test(value)
  );
}
