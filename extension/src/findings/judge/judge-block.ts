import { accountHostIn, isSecretValue } from '@sluice/agent-hook/recognisers';
import type { Finding, Known } from '../finding.ts';
import type { Block } from '../read/block.ts';
import { isTypeName, type Way, wayOfAccount, wayOfHost } from './hosts.ts';
import { ofRole, roleOf, SECRET_ROLES } from './roles.ts';

/** What is known of the file that a block is in. */
export interface FileTraits {
  readonly path: string;
  /** Whether clients of Snowflake take it for their own. */
  readonly isCredentialFile: boolean;
  /** The driver that a program names. */
  readonly driver: string | null;
  readonly saysSnowflake: boolean;
  readonly teaches: boolean;
  /** Whether it names another database. */
  readonly saysOthers: boolean;
  /** Whether an address in it leads to an account; its user and password may be handed over beside it. */
  readonly leadsToAccount: boolean;
}

/** The findings of one connection: its secrets; or, if it has none, that it leads to an account. */
export function judgeBlock(block: Block, traits: FileTraits, known: Known): readonly Finding[] {
  if (!isSnowflakes(block, traits)) return [];
  const way = wayOf(block, known);
  if (way === 'relay') return [];
  const part = { type: 'block', block } as const;
  const secrets = block.settings.filter(
    ({ name, value }) =>
      value !== null &&
      SECRET_ROLES.has(roleOf(name)!.role) &&
      isSecretValue(traits.path, value) &&
      !isName(value) &&
      !isPointer(name, value),
  );
  const keys = ofRole(block, 'key-file').filter(({ value }) => value !== null && isKeyFile(value));
  if (secrets.length + keys.length > 0)
    return [
      ...secrets.map(({ name, at }) => ({ kind: 'secret', name, part, ...at }) as const),
      ...(traits.teaches ? [] : keys.map(({ name, at }) => ({ kind: 'key', name, part, ...at }) as const)),
    ];
  if (way !== 'account' || traits.teaches || !connects(block, traits)) return [];
  const place = ofRole(block, 'host', 'url', 'account').find(
    ({ value }) => value !== null && leads(value, known),
  );
  return place === undefined ? [] : [{ kind: 'direct', name: place.name, part, ...place.at }];
}

function leads(value: string, known: Known): boolean {
  return wayOfHost(value, known.relays) === 'account' || wayOfAccount(value, known.relays) === 'account';
}

/** Where the connection leads: its host decides, and its account where it names no host. */
function wayOf(block: Block, known: Known): Way {
  const places = ofRole(block, 'host', 'url').map(({ value }) => wayOfHost(value, known.relays));
  for (const way of ['account', 'relay', 'elsewhere', 'unknown'] as const)
    if (places.includes(way)) return way;
  const accounts = ofRole(block, 'account').map(({ value }) => wayOfAccount(value, known.relays));
  return accounts.find((way) => way !== 'unknown') ?? 'unknown';
}

/** Whether the settings are those of a connection to Snowflake. */
function isSnowflakes(block: Block, traits: FileTraits): boolean {
  const { prefix, path, callee, settings, style } = block;
  if (ofRole(block, 'type').some(({ value }) => value !== null && OTHERS.test(value))) return false;
  if (/SNOWFLAKE|SNOWSQL/.test(prefix)) return true;
  if (traits.isCredentialFile) return true;
  if (ofRole(block, 'type').some(({ value }) => value !== null && /snowflake/i.test(value))) return true;
  if (settings.some(({ value }) => value !== null && accountHostIn(value) !== null)) return true;
  if (path.some((name) => /snowflake|snowpark/i.test(name))) return true;
  if (/snowflake|snowpark|\bsf\.Config|gosnowflake/i.test(callee)) return true;
  const [hasAccount, hasWarehouse] = [
    ofRole(block, 'account').length > 0,
    ofRole(block, 'warehouse').length > 0,
  ];
  const hasSecret = settings.some(({ name }) => SECRET_ROLES.has(roleOf(name)!.role));
  if (/(?:^|_)(?:SF|SNOW)_/.test(prefix)) return (hasAccount || hasWarehouse) && traits.saysSnowflake;
  if (OTHERS.test(callee)) return false;
  const isTogether = hasAccount && (hasSecret || hasWarehouse || ofRole(block, 'key-file').length > 0);
  if (isTogether && (traits.saysSnowflake || hasWarehouse))
    return traits.driver !== null || hasWarehouse || style === 'lines' || block.form === 'json';
  if (
    traits.leadsToAccount &&
    hasSecret &&
    (block.form === 'json' || ((style === 'calls' || style === 'lines') && ofRole(block, 'user').length > 0))
  )
    return true;
  // Variables of a program that uses this driver, and no other.
  return (
    traits.driver !== null &&
    !traits.saysOthers &&
    style !== 'arguments' &&
    prefix === '' &&
    ofRole(block, 'password', 'passphrase', 'private-key').length > 0
  );
}

/** Other databases, and what else is signed in to. */
export const OTHERS =
  /postgres|psycopg|redshift|mysql|maria|oracle|mssql|sqlserver|bigquery|databricks|mongo|redis|duckdb|trino|sqlite|clickhouse|smtp|kafka|boto|salesforce/i;

/** Whether it is a connection, and not just a name: in a program, only where a driver is told. */
function connects(block: Block, { driver }: FileTraits): boolean {
  return driver !== null || block.style === 'lines' || block.form === 'json' || block.form === 'hcl';
}

function isKeyFile(value: string): boolean {
  return value.trim().length > 2 && !/^<|\byour[_-]|\/path\/to\/|^path[/\\]to/i.test(value);
}

/** Where a secret is kept, or what a person is told of it: `shop/password`, `Access token`. */
function isPointer(name: string, value: string): boolean {
  return (
    (roleOf(name)!.role === 'client-secret' && /^[a-z][a-z_-]*(?:\/[a-z_-]+)+$/i.test(value)) ||
    (/^[A-Z]?[a-z]+(?: [A-Za-z]+){1,6}[.:]?$/.test(value) &&
      /password|token|key|secret|passphrase/i.test(value))
  );
}

/** A name of a variable in place of its value, as `password: SNOWFLAKE_PASSWORD` has it, or of a type. */
function isName(value: string): boolean {
  return (
    (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value) && /PASS|TOKEN|SECRET|KEY|PWD/.test(value)) ||
    isTypeName(value)
  );
}
