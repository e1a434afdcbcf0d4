import type { Address, LookedAt } from '../finding.ts';
import { type Form, formOf } from '../form.ts';
import type { Fix } from './fix.ts';
import { ACCOUNT, type RelayParts, TOKEN_VARIABLE } from './relay.ts';

/**
 * Points one address at a relay: what it says of database, schema, warehouse and role stays.
 *
 * @param token `beside` where the token is handed over beside the address, as a password is.
 */
export function addressFix(
  { path, text }: LookedAt,
  address: Address,
  relay: RelayParts,
  token: 'within' | 'beside' = 'within',
): Fix | null {
  const form = formOf(path);
  const pointed = POINTED[address.scheme]?.(address.text, relay, token) ?? null;
  if (form === null || pointed === null) return null;
  const { start, end } = address;
  if (token === 'beside') return { edits: [{ start, end, text: pointed }], token: 'variable' };
  const joined = withToken(form, pointed, text[start - 1] ?? '', text[end] ?? '', isFormatted(text, start));
  if (joined === null) return null;
  return { edits: [{ start, end: joined.isClosed ? end + 1 : end, text: joined.text }], token: 'variable' };
}

type Pointer = (text: string, relay: RelayParts, token: 'within' | 'beside') => string | null;

/** Each ends where the token comes. */
const POINTED: Readonly<Partial<Record<Address['scheme'], Pointer>>> = {
  url(text, { host, port, protocol }) {
    const [, scheme = '', user = '', path = '', query = ''] =
      /^(snowflake(?:\+\w+)?:\/\/)(?:([^:@/]*)(?::[^@]*)?@)?[^/?]*(\/[^?]*)?(?:\?(.*))?$/i.exec(text) ?? [];
    if (scheme === '') return null;
    const kept = keptOf(query.split('&'));
    const told = [...kept, `account=${ACCOUNT}`, `protocol=${protocol}`, 'authenticator=oauth', 'token='];
    return `${scheme}${user === '' ? '' : `${user}@`}${host}:${port}${path === '' ? '/' : path}?${told.join('&')}`;
  },
  jdbc(text, { host, port, protocol }, token) {
    const query = /[?;](.*)$/.exec(text)?.[1] ?? '';
    const kept = keptOf(query.split(/[&;]/)).filter((pair) => token === 'within' || !/^user=/i.test(pair));
    const told = [
      `account=${ACCOUNT}`,
      ...kept,
      ...(protocol === 'http' ? ['ssl=off'] : []),
      ...(token === 'within' ? ['authenticator=oauth', 'token='] : []),
    ];
    return `jdbc:snowflake://${host}:${port}/?${told.join('&')}`;
  },
  go(text, { host, port, protocol }) {
    const [, user = '', path = '', query = ''] =
      /^([^:]*):[^@]*@[^/?]*(\/[^?]*)?(?:\?(.*))?$/.exec(text) ?? [];
    const told = [
      `account=${ACCOUNT}`,
      ...keptOf(query.split('&')),
      `protocol=${protocol}`,
      'authenticator=oauth',
      'token=',
    ];
    return `${user}@${host}:${port}${path}?${told.join('&')}`;
  },
  dotnet(text, { host, port, protocol }) {
    const kept = keptOf(text.split(';').map((pair) => pair.trim()));
    return [
      `account=${ACCOUNT}`,
      `host=${host}`,
      `port=${port}`,
      `scheme=${protocol}`,
      ...kept,
      'authenticator=oauth',
      'token=',
    ].join(';');
  },
};

/** What says where to, and who; not how to sign in. */
function keptOf(pairs: readonly string[]): readonly string[] {
  return pairs.filter((pair) => /^(?:user|db|database|schema|warehouse|role|application)=/i.test(pair));
}

/** Python's `f"..."`. */
function isFormatted(text: string, start: number): boolean {
  return /\b[rb]?f[rb]?["']{1,3}$/i.test(text.slice(Math.max(0, start - 6), start));
}

/** The token after the address, as the file's language puts a variable there; null where it has no way. */
function withToken(
  form: Form,
  address: string,
  before: string,
  after: string,
  isFilled: boolean,
): { readonly text: string; readonly isClosed: boolean } | null {
  const isWhole = before !== '' && before === after && /["'`]/.test(after);
  switch (form) {
    case 'python': {
      if (!isWhole) return null;
      const other = after === '"' ? "'" : '"';
      return isFilled
        ? { text: `${address}{os.environ[${other}${TOKEN_VARIABLE}${other}]}`, isClosed: false }
        : { text: `${address}${after} + os.environ["${TOKEN_VARIABLE}"]`, isClosed: true };
    }
    case 'javascript':
      if (!isWhole) return null;
      return after === '`'
        ? { text: `${address}\${process.env.${TOKEN_VARIABLE}}`, isClosed: false }
        : { text: `${address}${after} + process.env.${TOKEN_VARIABLE}`, isClosed: true };
    case 'jvm':
      return isWhole ? { text: `${address}" + System.getenv("${TOKEN_VARIABLE}")`, isClosed: true } : null;
    case 'go':
      return isWhole ? { text: `${address}${after} + os.Getenv("${TOKEN_VARIABLE}")`, isClosed: true } : null;
    case 'dotnet':
      return isWhole
        ? { text: `${address}" + Environment.GetEnvironmentVariable("${TOKEN_VARIABLE}")`, isClosed: true }
        : null;
    case 'lines':
    case 'yaml':
      // Within single quotes a shell fills in nothing.
      return before === "'" ? null : { text: `${address}\${${TOKEN_VARIABLE}}`, isClosed: false };
    default:
      return null;
  }
}
