import type { Finding } from '../finding.ts';
import { addressSecretsIn, SECRET_NAME } from '../files/secrets.ts';
import { namesRelay } from '../hosts.ts';
import { type Looking, pathIn, type Scope, textAt } from '../looking.ts';
import { isPlaceholder } from '../placeholders.ts';
import type { Run } from '../shell/read-shell.ts';
import { UNKNOWN } from '../shell/words.ts';
import { INERT, nameOf } from './names.ts';
import { optionOf } from './options.ts';

/** A person's own file with credentials for Snowflake. */
export function isCredentialFile(path: string): boolean {
  return /(?:^|\/)\.snowflake\/(?:connections|config)\.toml$|(?:^|\/)\.snowsql\/config$|(?:^|\/)\.dbt\/profiles\.ya?ml$|(?:\.config|Application Support)\/snowflake\/(?:connections|config)\.toml$|(?:^|\/)(?:snowflake\/)?(?:credential_cache_v\d+|temporary_credential)\.json$|^~\/(?:.*\/)?connections\.toml$|(?:^|\/)\.(?:snowflake|snowsql|ssh\/snowflake\w*)\/[\w./-]+\.(?:p8|pem|key|der)$/i.test(
    path.replaceAll('\\', '/'),
  );
}

/** A variable that says where the key is to sign in with. */
const KEY_FILE_NAME =
  /^(?:TF_VAR_|DBT_)?(?:SNOWFLAKE|SNOWSQL|SF|SNOW)_(?:CONNECTIONS?_\w+_)?(?:\w+_)?PRIVATE_KEY_(?:PATH|FILE)$/i;

/** A person's own folder of such files, and whatever is in it. */
function isCredentialFolder(path: string): boolean {
  return /(?:^|\/)\.(?:snowflake|snowsql|dbt)(?:\/\*{0,2})?$/i.test(path.replaceAll('\\', '/'));
}

/** A credential that a command sets, prints or reads. */
export function credentialOf(run: Run, looking: Looking, scope: Scope): Finding | null {
  return setsOne(run, looking, scope) ?? handsOn(run) ?? printsOne(run) ?? readsOne(run, scope);
}

function setsOne({ assigned, argv }: Run, looking: Looking, scope: Scope): Finding | null {
  const { around } = looking;
  const { variables } = scope;
  const words = argv.flatMap((word, index) => {
    const [, name, value] = /^(?:--?[\w-]+=)?([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    return index > 0 && name !== undefined && !INERT.has(nameOf(argv[0]!)) ? [[name, value!] as const] : [];
  });
  const set = [...assigned, ...words, ...fromFiles(argv, looking, scope)].find(
    ([name, value]) =>
      ((SECRET_NAME.test(name) || KEY_FILE_NAME.test(name)) &&
        (value.includes(UNKNOWN) ? isFetched(value) : !isPlaceholder(value))) ||
      hasPassword(value, around.relays),
  );
  if (set === undefined) return null;
  const host = [...assigned, ...fromFiles(argv, looking, scope), ...variables].find(([name]) =>
    /^SNOW(?:FLAKE|SQL)_(?:HOST|ACCOUNT)$/.test(name),
  )?.[1];
  return host !== undefined && namesRelay(host, around.relays)
    ? null
    : { kind: 'credential', evidence: set[0] };
}

/** A name and a value, each in a word of its own, for a store of secrets: `gh secret set NAME --body value`. */
function handsOn({ argv }: Run): Finding | null {
  const value = optionOf(argv, '--body', '-b', '--value', '--secret-string', '--plaintext', '--secret-value');
  if (value === null || value.includes(UNKNOWN) || isPlaceholder(value)) return null;
  const name = argv.slice(1).find((word) => SECRET_NAME.test(word.split('/').at(-1)!));
  return name === undefined ? null : { kind: 'credential', evidence: name.split('/').at(-1)! };
}

/** `--env-file .env`: what it sets, it gives to a program. */
function fromFiles(
  argv: readonly string[],
  looking: Looking,
  scope: Scope,
): readonly (readonly [string, string])[] {
  const path = optionOf(argv, '--env-file', '--env-file-if-exists');
  const text = path === null ? null : textAt(path, looking, scope);
  return Array.from(
    (text ?? '').matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*["']?([^"'\n#]*)/gm),
    ([, name = '', value = '']) => [name, value.trim()] as const,
  );
}

/** An address with a password in it, whatever the variable is called. */
function hasPassword(value: string, relays: readonly string[]): boolean {
  return (
    value.includes('snowflake') &&
    addressSecretsIn(value).some(
      ({ value: secret, whole }) => !isPlaceholder(secret) && !namesRelay(whole, relays),
    )
  );
}

/** What is unknown is what somebody fetches, or hands on: both give a credential to a program. */
function isFetched(value: string): boolean {
  return value.length > 0;
}

function printsOne({ argv, expanded }: Run): Finding | null {
  const name = nameOf(argv[0] ?? '');
  const asked = (name === 'printenv' ? argv.slice(1) : PRINTERS.has(name) ? expanded : []).find((word) =>
    SECRET_NAME.test(word),
  );
  return asked === undefined ? null : { kind: 'credential', evidence: `${name} ${asked}` };
}

/** Their words, or their input, are what they print. */
const PRINTERS = new Set('echo printf print cat tee base64 xxd od'.split(' '));

const READERS = new Set(
  'cat bat less more head tail strings xxd od base64 hexdump cp scp rsync mv install tee jq yq tomlq toml dasel nl tac vim vi nano code sort cut paste gpg openssl tar zip curl source . Get-Content gc type Copy-Item cpi Move-Item Select-Object'.split(
    ' ',
  ),
);
/** Their first word says what to look for. */
const SEARCHERS = new Set('grep egrep fgrep rg ag sed awk gawk perl'.split(' '));

function readsOne({ argv, files }: Run, scope: Scope): Finding | null {
  const name = nameOf(argv[0] ?? '');
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const read = READERS.has(name) ? words : SEARCHERS.has(name) ? words.slice(1) : [];
  const places = [
    ...read.map((word) => pathIn(scope, word.replace(/^@/, ''))),
    ...files.map(({ path }) => path),
  ];
  const place = places.find(
    (each) => isCredentialFile(each) || (isCredentialFolder(each) && isWhole(name, argv)),
  );
  return place === undefined
    ? null
    : { kind: 'credential', evidence: `${name || 'a redirection'} of ${shortOf(place)}` };
}

/** Reads whatever is in a folder, or in each of its files. */
function isWhole(name: string, argv: readonly string[]): boolean {
  return (
    /^(?:tar|zip|rsync|scp|mv|rg|ag)$/.test(name) ||
    argv.some((word) =>
      /^-[a-zA-Z]*[rRa]|^--(?:recursive|archive)$|\.(?:snowflake|snowsql|dbt)\/\*/.test(word),
    )
  );
}

/** Without the folders that lead to it. */
export function shortOf(path: string): string {
  return path.replaceAll('\\', '/').split('/').slice(-2).join('/');
}
