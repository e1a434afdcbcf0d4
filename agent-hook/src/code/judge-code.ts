import { DEEPEST, TooMuch } from '../budget.ts';
import type { Finding } from '../finding.ts';
import { accountHostIn, namesRelay, reachedHostIn } from '../hosts.ts';
import { firstOf } from '../first-of.ts';
import { inside, type Looking, type Scope } from '../looking.ts';
import { isCredentialFile } from '../commands/credentials.ts';
import { carriedIn, folded } from './fold.ts';
import { importedBy } from './imports.ts';
import { shellLinesIn } from './notebook.ts';

/**
 * A program in a scripting language that is about to run: whether it uses a driver, asks an account's host, reads a
 * credential, or runs a client. Naming a driver, or asking for its version, is none of these.
 *
 * @throws TooMuch
 */
export function judgeCode(code: string, looking: Looking, scope: Scope): Finding | null {
  looking.budget.spend(code.length);
  if (scope.depth > DEEPEST) throw new TooMuch();
  const text = folded(withoutComments(code));
  return (
    driverIn(text, looking) ??
    requestIn(text) ??
    credentialIn(text) ??
    commandsIn(text, looking, scope) ??
    firstOf(shellLinesIn(code), (line) => looking.shell(line, inside(scope))) ??
    carried(text, looking, scope) ??
    importedBy(code, looking, scope)
  );
}

/** What a program names a driver by. */
const DRIVERS: readonly (readonly [RegExp, string])[] = [
  [
    /\bsnowflake\s*\.\s*(?:connector|snowpark|sqlalchemy|core|cli|ingest|ml|connect)\b/,
    'snowflake.connector',
  ],
  [/\bfrom\s+snowflake\b|\bimport\s+snowflake\b/, 'the package snowflake'],
  [/\bsnowflake-(?:sdk|promise|connector-\w+|snowpark-\w+|sqlalchemy)\b/, 'snowflake-sdk'],
  [
    /\bgosnowflake\b|\bsnowflake-jdbc\b|\bnet\.snowflake\b|\bSnowflake\.Data\b|\bsnowflake_api\b|\bodbc_snowflake\b/,
    'a driver for Snowflake',
  ],
  [/(?:jdbc:)?snowflake(?:\+\w+)?:\/\//, 'a connection string'],
  [/\bdestination\s*=\s*['"]snowflake|\bdestinations\.snowflake\b/, 'a driver for Snowflake'],
  [
    // An interface to databases that is told of it.
    /\b(?:\w{0,20}odbc\w{0,20}|pdo|dbi|sequel|adbc)\b[\s\S]{0,400}(?:\b|_)snowflake|\bsnowflake\b[\s\S]{0,200}\b(?:\w{0,20}odbc\w{0,20}|pdo|dbi)\b/i,
    'a driver for Snowflake',
  ],
  [
    /\.connection\(\s*['"](?:snowflake['"]|\w+['"]\s*,\s*type\s*=\s*['"]snowflake)|Snowflake(?:DSIIDriver|Hook|Operator|Connection\b|Loader|IO)|\b(?:drivername\s*=|URL(?:\.create)?\()\s*['"]snowflake|adbc_driver_snowflake|ibis\.snowflake|driver\s*=\s*\{?snowflake|read\.format\(['"](?:net\.snowflake|snowflake)/i,
    'a driver for Snowflake',
  ],
];
const USES =
  /%sql\b|\bSnowflake\w{0,40}::\w|(?:\b|_)(?:connect(?:ion|Async|_async)?|read_\w+|scan_\w+|Connection|odbc|Session|SessionBuilder|builder|createConnection|createPool|create_engine|createEngine|getConnection|getOrCreate|open|Open|OpenConnection|execute\w*|Execute\w*|cursor|fetch\w*|write_pandas|Root|SnowflakeConnection|SnowflakeHook|SnowflakeOperator|SnowflakeLoader|dbConnect|pipeline|dbGetQuery|query|sql|load|new)\b\s*[.(<]|new\s+\w/;

/** SQL of an engine that reaches other databases by itself. */
const ATTACHED =
  /\battach\b[\s\S]{0,400}\btype\s+['"]?snowflake\b|\b(?:install|load)\s+['"]?snowflake\b|\bsnowflake_(?:query|scan|attach)\s*\(/i;

function driverIn(text: string, { around }: Looking): Finding | null {
  if (ATTACHED.test(text)) return { kind: 'driver', evidence: 'an extension for Snowflake' };
  const driver = driverNamedIn(text);
  if (driver === null || !USES.test(text)) return null;
  return isThroughRelay(text, around.relays) ? null : { kind: 'driver', evidence: driver };
}

/** What a program names a driver for Snowflake by; null if it names none. */
export function driverNamedIn(text: string): string | null {
  return DRIVERS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** The relay's host is what the driver is told to connect to, and no account's is. */
function isThroughRelay(text: string, relays: readonly string[]): boolean {
  if (accountHostIn(text) !== null) return false;
  const told = text.matchAll(
    /(?:\b(?:host|account|accessUrl|access_url|url|server|sfURL)\b\s*['"]?\]?\s*[:=,]\s*|snowflake:\/\/|[?&]host=)(['"]?[^\s,)'"]{1,300})/gi,
  );
  return [...told].some(([, value = '']) => namesRelay(value, relays));
}

const REQUESTS =
  /\b(?:requests?|urllib\d?|httpx|aiohttp|http\.client|fetch|axios|got|undici|XMLHttpRequest|https?\.(?:get|request)|Net::HTTP|open-uri|URI\.open|LWP|HTTP::Tiny|curl\w*|file_get_contents|socket|create_connection|urlopen|HttpClient|WebClient|reqwest|http\.(?:Get|Post|NewRequest))\b/;

function requestIn(text: string): Finding | null {
  if (!REQUESTS.test(text)) return null;
  const host = reachedHostIn(text);
  return host === null ? null : { kind: 'request', evidence: `a request to ${host}` };
}

function credentialIn(text: string): Finding | null {
  if (!/open|read|load|File|Path|cat/i.test(text)) return null;
  const finding: Finding = { kind: 'credential', evidence: 'a program that reads a profile of Snowflake' };
  if (PROFILE_BY_STEPS.test(text)) return finding;
  for (const [, value = ''] of text.matchAll(/['"`]([^'"`\n]{4,300})['"`]/g))
    if (isCredentialFile(value)) return finding;
  return null;
}

/** `Path.home() / '.snowflake' / 'connections.toml'`, or joined in another way. */
const PROFILE_BY_STEPS =
  /['"`]\.(?:snowflake['"`][^\n]{0,40}['"`](?:connections|config)\.toml|snowsql['"`][^\n]{0,40}['"`]config|dbt['"`][^\n]{0,40}['"`]profiles\.ya?ml)['"`]/;

const RUNS =
  /\b(?:system|popen\w*|subprocess|exec\w*|spawn\w*|Popen|check_output|check_call|ProcessBuilder|Process|shell_exec|passthru|run|call|sh|capture\w*|Open3|proc_open|execa|backtick|shell\s+script)\b|`|%x/;

/** Commands that a program gives to the system: a text, or a list of words. */
function commandsIn(text: string, looking: Looking, scope: Scope): Finding | null {
  if (!RUNS.test(text) || !/snow|dbt|curl|wget|python|node|sh\b/.test(text)) return null;
  const lists = Array.from(text.matchAll(LISTS), ([list]) =>
    Array.from(list.matchAll(/['"]([^'"\n]*)['"]|[\w.$*]+/g), ([, word = 'x']) => quoted(word)).join(' '),
  );
  const strings = [...text.matchAll(/(["'`])((?:(?!\1)[^\\\n]|\\.){3,2000})\1/g)].map(([, , value = '']) =>
    value.replace(/\\(["'`])/g, '$1'),
  );
  for (const command of [...new Set([...strings, ...lists])].slice(0, 200)) {
    if (!/snow|dbt|curl|wget|python|node|sh\b/.test(command)) continue;
    const found = looking.shell(command, inside(scope));
    if (found !== null) return found;
  }
  return null;
}

/** Texts one after the other, whatever stands around them; what is no text is some word. */
const LISTS =
  /['"][^'"\n]{1,200}['"](?:\s{0,40},\s{0,40}\[?\s{0,40}(?:['"][^'"\n]{0,500}['"]|[\w.$*]{1,80})){1,40}/g;

function quoted(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function carried(text: string, looking: Looking, scope: Scope): Finding | null {
  for (const inner of carriedIn(text, looking.around.inflated)) {
    const found = looking.code(inner, inside(scope)) ?? looking.shell(inner, inside(scope));
    if (found !== null) return found;
    // A name that is put together at run time, where the rest of the program stands in the open.
    if (/^[\w.:/-]{4,200}$/.test(inner)) {
      const together =
        driverIn(`${text}\n'${inner}'\nimport ${inner}`, looking) ?? requestIn(`${text}\n'${inner}'`);
      if (together !== null && /snowflake/.test(inner)) return together;
    }
  }
  return null;
}

/** Without lines that are comments as a whole, which are not run, and without long runs of space. */
function withoutComments(code: string): string {
  return code
    .replace(/\s{9,}/g, (space) => (space.includes('\n') ? '\n' : ' '))
    .replace(/^[ \t]*(?:#(?!!)|\/\/|--|\*(?=\s)|\/\*).*$/gm, '');
}
