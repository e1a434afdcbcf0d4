import { isPlaceholder } from '../placeholders.ts';

/** A variable that carries a secret for Snowflake. */
export const SECRET_NAME =
  /^(?:TF_VAR_|DBT_|DBT_ENV_SECRET_)?(?:SNOWFLAKE|SNOWSQL|SF|SNOW)_(?:CONNECTIONS?_\w+_)?(?:\w+_)?(?:PASSWORD|PASSWD|PWD|PASS|TOKEN|PAT|PASSCODE|PASSPHRASE|PRIVATE_KEY(?:_RAW|_PASSPHRASE|_PASS|_PEM|_B64|_BASE64)?|SECRET|OAUTH_CLIENT_SECRET)$/i;

/** A value in a text that its surroundings say is a secret, and where it stands: characters from the text's start. */
export interface SecretSeen {
  /** What it is called; null for the password in an address. */
  readonly name: string | null;
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** Of the address that it is in, or of the assignment. */
  readonly whole: string;
}

/** Variables whose names say that they are Snowflake's secrets, with a value: `SNOWFLAKE_PASSWORD=...`. */
export function* namedSecretsIn(text: string): Generator<SecretSeen> {
  const set = text.matchAll(
    /(?<![\w$])["']?([A-Za-z][A-Za-z0-9_]{4,80})["']?\]?\s*(?::\s*(?:str|string)\s*)?(?:=|:=|:|,|\s=>)\s*(?:"([^"\n]{0,4000})"|'([^'\n]{0,4000})'|([^\s"'#,;][^\s#,;]{0,4000}))/dg,
  );
  for (const { 0: whole, 1: name = '', 2: double, 3: single, 4: bare = '', indices } of set) {
    const [start, end] = indices![2] ?? indices![3] ?? indices![4]!;
    // What stands alone on the next line is another name.
    if (
      SECRET_NAME.test(name) &&
      !isFetched(double ?? single ?? null, bare) &&
      !(bare !== '' && whole.includes('\n'))
    )
      yield { name, value: double ?? single ?? bare, start, end, whole };
  }
}

/** Names such as `password`, with a value. They are Snowflake's only where the file is. */
export function* plainSecretsIn(text: string): Generator<SecretSeen> {
  const set = text.matchAll(
    /(?<![\w$])["']?([A-Za-z][A-Za-z_]{2,40})["']?\s*(?:=>?|:)\s*(?:[brf]?"([^"\n]{0,4000})"|[brf]?'([^'\n]{0,4000})'|([^\s"'#,;)}]{1,4000}))/dg,
  );
  for (const { 0: whole, 1: name = '', 2: double, 3: single, 4: bare = '', indices } of set) {
    const quoted = double ?? single ?? null;
    const [start, end] = indices![2] ?? indices![3] ?? indices![4]!;
    if (SECRET_KEY.test(name) && !isFetched(quoted, bare) && !isWord(quoted, bare))
      yield { name, value: quoted ?? bare, start, end, whole };
  }
}

/** Passwords and tokens in addresses: `snowflake://user:password@...`, `jdbc:snowflake://...&password=...`. */
export function* addressSecretsIn(text: string): Generator<SecretSeen> {
  for (const { 0: whole, 1: secret = '', indices } of text.matchAll(
    /\bsnowflake(?:\+\w+)?:\/\/[^:@\s/'"`]{1,200}:([^@\s'"`]{1,400})@[^\s'"`]{1,400}/dgi,
  )) {
    const [start, end] = indices![1]!;
    if (!/[{$<%][({]?[a-z_]/i.test(secret))
      yield { name: null, value: decodeSafely(secret), start, end, whole };
  }
  for (const { 0: whole, index } of text.matchAll(/\bjdbc:snowflake:\/\/[^\s'"`]{1,600}/gi)) {
    const found = /[?&;](?:password|token|private_key_pwd)=([^&\s;'"`]+)/di.exec(whole);
    if (found === null) continue;
    const [start, end] = found.indices![1]!;
    yield { name: null, value: found[1]!, start: index + start, end: index + end, whole };
  }
}

/** A name that means a secret wherever a connection is described. */
export function isSecretKey(name: string): boolean {
  return SECRET_KEY.test(name);
}

/** Long, and of letters, digits and more, as no word of a text is. */
export function looksRandom(value: string): boolean {
  return (
    value.length >= 12 &&
    /\d/.test(value) &&
    /[a-z]/.test(value) &&
    (/[A-Z]/.test(value) || /[^\w]/.test(value)) &&
    !/example|your|here|placeholder|secret|password/i.test(value)
  );
}

/** Whether a value in this file is a secret: in a text that teaches, only what no stand-in looks like. */
export function isSecretValue(path: string, value: string): boolean {
  return !isPlaceholder(value) && (!TEACHES.test(path) || looksRandom(value));
}

/** Texts that teach: what stands in for a secret there may look much like one. */
const TEACHES =
  /\.(?:md|mdx|rst|adoc|txt|html?|example|sample|template|tmpl|dist|tpl|j2)$|(?:^|[./_-])(?:example|sample|template)s?(?:[./_-]|$)|(?:^|\/)docs?\//i;

/** Whether a file teaches: a document, an example, a template. */
export function teaches(path: string): boolean {
  return TEACHES.test(path);
}

const SECRET_KEY =
  /^(?:password|passwd|pwd|passcode|token|access_token|oauth_token|private_key(?:_passphrase|_pwd|pass|_content)?|privatekey(?:pass|pwd)?|secret|pat|programmatic_access_token)$/i;

/** `os.environ["X"]`, `getenv('X')`, `${X}`: fetched when it runs. */
function isFetched(quoted: string | null, bare: string): boolean {
  return quoted === null && /[([{$]|^[a-z_]+\.[a-z]/i.test(bare);
}

/** Code that hands on a variable: `password=password`. */
function isWord(quoted: string | null, bare: string): boolean {
  return quoted === null && /^[A-Za-z_][\w.]*$/.test(bare) && !/\d/.test(bare);
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
