import { addressSecretsIn } from '@sluice/agent-hook/recognisers';
import type { Address } from '../finding.ts';

/** Connections in one text, wherever they stand: URLs of SQLAlchemy and JDBC, connection strings of .NET and ODBC, Go's DSN. */
export function addressesIn(text: string, isGo: boolean): readonly Address[] {
  const secrets = [...addressSecretsIn(text)];
  const found: Address[] = [];
  for (const { 0: whole, 1: scheme = '', 2: rest = '', index: start } of text.matchAll(URLS)) {
    const end = start + whole.length;
    const secret = secrets.find((each) => each.start >= start && each.end <= end);
    const [authority = ''] = rest.split(/[/?]/);
    found.push({
      scheme: /^jdbc/i.test(scheme) ? 'jdbc' : 'url',
      text: whole,
      start,
      end,
      host: authority.slice(authority.lastIndexOf('@') + 1),
      secret: secret === undefined ? null : { start: secret.start, end: secret.end, value: secret.value },
    });
  }
  for (const match of text.matchAll(PAIRS)) found.push(...stringOfPairs(match[0], match.index));
  if (isGo) found.push(...goAddressesIn(text));
  return found;
}

const URLS = /(?<![\w+])(jdbc:snowflake|snowflake(?:\+\w+)?):\/\/([^\s'"`<>\\]{1,1200})/gi;
/** `account=...;user=...;password=...`, within one line. */
const PAIRS =
  /(?<![\w.])(?:[A-Za-z][\w ]{1,40}\s{0,2}=\s{0,2}(?:\{[^}\n]{0,200}\}|[^;\n'"`{}]{0,400})\s{0,2};\s{0,2}){1,30}(?:[A-Za-z][\w ]{1,40}\s{0,2}=\s{0,2}[^;\n'"`]{0,400})?/g;

function stringOfPairs(text: string, from: number): readonly Address[] {
  const pairs = [...text.matchAll(/([A-Za-z][\w ]{1,40}?)\s*=\s*(\{[^}]*\}|[^;]*)/dg)].map((match) => ({
    name: match[1]!.toLowerCase().trim(),
    value: match[2]!.trim(),
    start: from + match.indices![2]![0],
  }));
  const of = (...names: readonly string[]) => pairs.find(({ name }) => names.includes(name));
  const driver = of('driver')?.value ?? '';
  const isOdbc = /snowflake/i.test(driver);
  const place = isOdbc ? of('server', 'account') : of('account');
  if (
    place === undefined ||
    (!isOdbc && of('user', 'db', 'warehouse', 'password', 'authenticator') === undefined)
  )
    return [];
  const secret = of('password', 'pwd', 'token', 'private_key', 'private_key_pwd', 'passcode');
  return [
    {
      scheme: isOdbc ? 'odbc' : 'dotnet',
      text,
      start: from,
      end: from + text.length,
      host: of('host', 'server')?.value ?? place.value,
      secret:
        secret === undefined || secret.value === '' || /^[{$%<]/.test(secret.value)
          ? null
          : { start: secret.start, end: secret.start + secret.value.length, value: secret.value },
    },
  ];
}

/** `user:password@account/database/schema`, which Go's driver takes; only where a file names that driver. */
function goAddressesIn(text: string): readonly Address[] {
  return [
    ...text.matchAll(
      /["`]([\w.%+-]{1,100}):([^@\s"`/]{1,300})@([\w.-]{2,200}(?::\d{1,5})?)(\/[^\s"`]{0,600})?["`]/dg,
    ),
  ].map((match) => {
    const [start, end] = [match.indices![1]![0], match.index + match[0].length - 1];
    const [from, to] = match.indices![2]!;
    return {
      scheme: 'go',
      text: text.slice(start, end),
      start,
      end,
      host: match[3]!,
      secret: /^%[svq]$/.test(match[2]!) ? null : { start: from, end: to, value: match[2]! },
    };
  });
}
