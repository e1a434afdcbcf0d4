import type { Finding } from '../finding.ts';
import { accountHostIn, namesRelay } from '../hosts.ts';
import type { Looking, Scope } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { dbtOf } from './dbt.ts';
import { nameOf } from './names.ts';
import { hasOption, operandsOf, optionOf } from './options.ts';

/** Clients of Snowflake's own, and what else was given a connection string. */
export function clientOf(run: Run, looking: Looking, scope: Scope): Finding | null {
  const [first = ''] = run.argv;
  const name = programOf(nameOf(first));
  const found = named(name, run, looking, scope) ?? connected(name, run);
  return found === null || isThroughRelay(run, looking, scope) ? null : found;
}

function named(name: string, run: Run, looking: Looking, scope: Scope): Finding | null {
  const { argv } = run;
  if (isCalled(name, 'snow')) {
    const [group = '', what = ''] = operandsOf(argv);
    if (hasOption(argv, '--help', '-h', '--version', '--info') || !SNOW.has(group)) return null;
    if (group === 'connection')
      return /^(?:test|add|generate-jwt|set-default)$/.test(what) ? client(`snow connection ${what}`) : null;
    return client(`snow ${group}`);
  }
  if (isCalled(name, 'snowsql'))
    return hasOption(argv, '--help', '-?', '--version', '-v', '--bootstrap-version', '--upgrade')
      ? null
      : client('snowsql');
  if (
    /^(?:snowsql|snowcd|snowddl|schemachange|snowchange|snowpipe|snowpark-submit|titan|permifrost|snowmobile)$/.test(
      name,
    )
  )
    return hasOption(argv, '--help', '--version', '-h') ? null : client(name);
  if (name === 'dbt' || name === 'dbtf') return dbtOf(argv, looking, scope);
  if (
    /^(?:java|jshell|jbang|scala|kotlin|groovy|spark-\w+)$/.test(name) &&
    argv.some((word) => /snowflake-jdbc|net\.snowflake|spark-snowflake/.test(word))
  )
    return client('the JDBC driver');
  if (/^(?:isql|iusql|odbc\w*)$/.test(name) && argv.some((word) => /snowflake/i.test(word)))
    return client(name);
  if (/^(?:harlequin|usql|sqlline|sling|dlt|meltano|airbyte|sqlmesh|evidence)$/.test(name))
    return argv.some((word) =>
      /^snowflake(?:$|:)|^sf:\/\/|^tap-snowflake|^target-snowflake|=snowflake$/i.test(word),
    )
      ? client(name)
      : null;
  if (/^(?:mcp-server-snowflake|snowflake-labs-mcp|mcp[_-]snowflake[\w-]*|snowflake-mcp[\w-]*)$/.test(name))
    return { kind: 'server', evidence: name };
  if (/^(?:tap|target|pipelinewise-(?:tap|target))-snowflake$/.test(name))
    return hasOption(argv, '--help', '--version', '--about') ? null : client(name);
  return /^dbeaver(?:-cli)?$/.test(name) && argv.some((word) => /driver=snowflake/i.test(word))
    ? client(name)
    : null;
}

/** What a package's own program is called, where runners take the package's name: `pipx run`, `uvx`, `nix run`. */
function programOf(name: string): string {
  const [, package_ = name] = /^(?:[\w.+-]+#)?([\w-]+)(?:[@=<>~!:].*)?$/.exec(name) ?? [];
  if (/^snowflake-cli(?:-labs)?$/.test(package_)) return 'snow';
  return /^dbt-(?:core|snowflake)$/.test(package_) ? 'dbt' : package_;
}

/** Also as a pattern that the shell would match with it. */
function isCalled(name: string, wanted: string): boolean {
  if (name === wanted) return true;
  if (!/[*?[]/.test(name) || name.length > 40 || !/[a-z]/i.test(name)) return false;
  const pattern = name
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  try {
    return new RegExp(`^${pattern}$`).test(wanted);
  } catch {
    return false;
  }
}

const SNOW = new Set(
  'sql object stage snowpark streamlit spcs app cortex git notebook connection dbt logs dcm dbt-project workspace'.split(
    ' ',
  ),
);

function connected(name: string, { argv }: Run): Finding | null {
  const given = argv
    .slice(1)
    .find((word) =>
      /(?:^|[=\s'"])(?:jdbc:snowflake|snowflake|adbc:snowflake|snowflake\+\w+):\/\/[^\s]/i.test(word),
    );
  return given === undefined ? null : client(`${name} with a connection string`);
}

/** Whether the host, the account or the connection that the command names is the relay's. */
function isThroughRelay({ argv, assigned }: Run, { around }: Looking, { variables }: Scope): boolean {
  if (argv.some((word) => accountHostIn(word) !== null)) return false;
  const hosts = [
    optionOf(argv, '--host', '-h'),
    optionOf(argv, '--account', '-a'),
    ...['SNOWFLAKE_HOST', 'SNOWSQL_HOST', 'SNOWFLAKE_ACCOUNT', 'SNOWSQL_ACCOUNT'].map(
      (name) => assigned.find(([known]) => known === name)?.[1] ?? variables.get(name) ?? null,
    ),
    ...argv.slice(1).flatMap((word) => /:\/\/(?:[^@\s]*@)?([^/?\s]+)/.exec(word)?.[1] ?? []),
    ...argv.slice(1).flatMap((word) => /[?&]host=([^&\s'"]+)/.exec(word)?.[1] ?? []),
  ].filter((host) => host !== null && host !== '');
  if (hosts.length > 0) return hosts.some((host) => namesRelay(host!, around.relays));
  const connection = optionOf(argv, '--connection', '-c');
  const host = around.connectionHost(connection);
  return host !== null && namesRelay(host, around.relays);
}

function client(evidence: string): Finding {
  return { kind: 'client', evidence };
}
