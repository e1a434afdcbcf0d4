import { isCredentialFile, shortOf } from '../commands/credentials.ts';
import { isHookFile } from '../commands/hook-kept.ts';
import type { Finding } from '../finding.ts';
import { accountHostIn, namesRelay } from '../hosts.ts';
import type { Budget } from '../budget.ts';
import type { Surroundings } from '../surroundings.ts';
import { isMcpConfiguration, startsServer } from './mcp-configuration.ts';
import { addressSecretsIn, isSecretValue, namedSecretsIn, plainSecretsIn } from './secrets.ts';

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

function credentialIn(path: string, text: string, around: Surroundings): string | null {
  const isSecret = ({ value }: { readonly value: string }) => isSecretValue(path, value);
  const known = namedSecretsIn(text).find(isSecret);
  if (known !== undefined && !isOfRelay(text, around)) return known.name!;
  if (addressSecretsIn(text).some((seen) => isSecret(seen) && !isOfRelay(seen.whole, around)))
    return 'a connection string with a password';
  // Elsewhere, a name such as `password` is Snowflake's only where the file is.
  const existing = around.read(path);
  const whole = existing.outcome === 'text' ? `${text}\n${existing.text}` : text;
  if (!isSnowflakes(path, whole) || isOfRelay(whole, around)) return null;
  if (/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/=\s\\n]{64}/.test(text))
    return 'a private key beside an account';
  const plain = plainSecretsIn(text).find(isSecret);
  return plain === undefined ? null : `\`${plain.name!}\` with a value`;
}

/** Whether the file is about a connection to Snowflake. */
export function isSnowflakes(path: string, text: string): boolean {
  return (
    isCredentialFile(path) ||
    accountHostIn(text) !== null ||
    (/(?:^|\/)connections\.toml$|snowflake|snowsql/i.test(path) && /\baccount\b/i.test(text)) ||
    /\bsnowflake\b[\s\S]{0,4000}\baccount\b|\baccount\b[\s\S]{0,4000}\bsnowflake\b|type:\s*['"]?snowflake\b|snowflake\.(?:connector|snowpark|connect)|snowflake-sdk/i.test(
      text,
    )
  );
}

function isOfRelay(text: string, { relays }: Surroundings): boolean {
  return accountHostIn(text) === null && namesRelay(text, relays);
}
