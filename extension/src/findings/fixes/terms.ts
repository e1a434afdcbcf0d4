import type { LookedAt } from '../finding.ts';
import { ofRole, type Role, roleOf } from '../judge/roles.ts';
import type { Block } from '../read/block.ts';
import { ACCOUNT, type RelayParts, TOKEN_VARIABLE } from './relay.ts';

/** What a client is to be told, role by role, each as it is written in that file. */
export interface Terms {
  readonly wanted: ReadonlyMap<Role, string>;
  readonly token: 'variable' | 'driver';
}

/** How the client that reads this block is pointed at a relay; null where that is not known. */
export function termsFor({ text }: LookedAt, block: Block, relay: RelayParts): Terms | null {
  switch (block.form) {
    case 'lines':
      return block.prefix === '' || /[.]/.test(block.settings[0]!.name)
        ? null
        : environment(block, relay, '=');
    case 'tables':
      return tables(block, relay);
    case 'yaml':
      if (isDbt(block)) return dbt(block, relay);
      if (!isEnvironment(block)) return null;
      return environment(block, relay, text[block.settings[0]!.at.start - 1] === '=' ? '=' : ': ');
    case 'json':
      return isEnvironment(block) ? quotedEnvironment(block, relay) : null;
    case 'python':
      return python(block, relay);
    case 'javascript':
      return javascript(block, relay);
    case 'go':
      return go(block, relay);
    default:
      return null;
  }
}

/** The names that a driver's program reads from its environment are its own; these are the usual ones. */
function environment(block: Block, { host, port, protocol }: RelayParts, mark: string): Terms {
  const name = namesLike(block);
  const values = { account: ACCOUNT, host, port, protocol, authenticator: 'oauth' } as const;
  return {
    wanted: new Map(
      Object.entries(values).map(([role, value]) => [
        role as Role,
        `${existing(block, role as Role) ?? name(role)}${mark}${mark === ': ' && role === 'port' ? `"${value}"` : value}`,
      ]),
    ),
    token: 'driver',
  };
}

function quotedEnvironment(block: Block, relay: RelayParts): Terms {
  const { wanted, token } = environment(block, relay, '=');
  const quoted = [...wanted].map(([role, pair]) => {
    const at = pair.indexOf('=');
    return [role, `"${pair.slice(0, at)}": "${pair.slice(at + 1)}"`] as const;
  });
  return { wanted: new Map(quoted), token };
}

function tables(block: Block, { host, port, protocol }: RelayParts): Terms | null {
  if (block.settings.some(({ name }) => /^(?:driver|server|uid)$/i.test(name)) || block.prefix !== '')
    return null;
  const isSnowSql = block.settings.some(({ name }) => /^(?:accountname|username|dbname)$/.test(name));
  const text = (value: string) => (isSnowSql ? value : `"${value}"`);
  return {
    wanted: new Map<Role, string>([
      ['account', `${isSnowSql ? 'accountname' : 'account'} = ${text(ACCOUNT)}`],
      ['host', `host = ${text(host)}`],
      ['port', `port = ${port}`],
      ['protocol', `protocol = ${text(protocol)}`],
      ['authenticator', `authenticator = ${text('oauth')}`],
    ]),
    token: 'driver',
  };
}

function dbt(_block: Block, { host, port, protocol }: RelayParts): Terms {
  return {
    wanted: new Map<Role, string>([
      ['account', `account: ${ACCOUNT}`],
      ['host', `host: ${host}`],
      ['port', `port: ${port}`],
      ['protocol', `protocol: ${protocol}`],
      ['authenticator', 'authenticator: oauth'],
      ['token', `token: "{{ env_var('${TOKEN_VARIABLE}') }}"`],
    ]),
    token: 'variable',
  };
}

function python(block: Block, { host, port, protocol }: RelayParts): Terms | null {
  const isCall = block.style === 'arguments';
  if (!isCall && block.style !== 'entries') return null;
  if (block.prefix !== '' || /Credentials|Connection\(|URL$/.test(block.callee)) return null;
  const pair = (name: string, value: string) => (isCall ? `${name}=${value}` : `"${name}": ${value}`);
  return {
    wanted: new Map<Role, string>([
      ['account', pair('account', `"${ACCOUNT}"`)],
      ['host', pair('host', `"${host}"`)],
      ['port', pair('port', String(port))],
      ['protocol', pair('protocol', `"${protocol}"`)],
      ['authenticator', pair('authenticator', '"oauth"')],
      ['token', pair('token', `os.environ["${TOKEN_VARIABLE}"]`)],
    ]),
    token: 'variable',
  };
}

function javascript(block: Block, { url }: RelayParts): Terms | null {
  if (block.style !== 'entries' || block.prefix !== '' || ofRole(block, 'type').length > 0) return null;
  return {
    wanted: new Map<Role, string>([
      ['account', `account: '${ACCOUNT}'`],
      ['url', `accessUrl: '${url}'`],
      ['authenticator', "authenticator: 'OAUTH'"],
      ['token', `token: process.env.${TOKEN_VARIABLE}`],
    ]),
    token: 'variable',
  };
}

function go(block: Block, { host, port, protocol }: RelayParts): Terms | null {
  const driver = /(\w+)\.?Config\s*$/.exec(block.callee)?.[1];
  if (driver === undefined) return null;
  return {
    wanted: new Map<Role, string>([
      ['account', `Account: "${ACCOUNT}"`],
      ['host', `Host: "${host}"`],
      ['port', `Port: ${port}`],
      ['protocol', `Protocol: "${protocol}"`],
      ['authenticator', `Authenticator: ${driver}.AuthTypeOAuth`],
      ['token', `Token: os.Getenv("${TOKEN_VARIABLE}")`],
    ]),
    token: 'variable',
  };
}

function isDbt(block: Block): boolean {
  return block.path.includes('outputs') && ofRole(block, 'type').length > 0;
}

function isEnvironment(block: Block): boolean {
  return block.prefix !== '' && block.settings.every(({ name }) => /^[A-Z][A-Z0-9_]*$/.test(name));
}

function existing(block: Block, role: Role): string | null {
  return ofRole(block, role)[0]?.name ?? null;
}

/** `SNOWFLAKE_HOST` beside `SNOWFLAKE_PASSWORD`. */
function namesLike(block: Block): (role: string) => string {
  const { name } = block.settings[0]!;
  const { prefix } = roleOf(name)!;
  const begun = name.slice(0, prefix.length);
  return (role) => (/[a-z]/.test(begun) ? `${begun}${role}` : `${begun}${role.toUpperCase()}`);
}
