import { unsupported } from '../../errors.ts';
import { once } from '../once.ts';
import type { Arguments } from './arguments.ts';

/** No address is longer. */
const LONGEST = 43;

const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = `^${Array.from({ length: 4 }, () => OCTET).join('\\.')}(?:/(3[0-2]|[12]?\\d))?$`;
const IPV6 = '^([0-9A-Fa-f:]+)(?:/(12[0-8]|1[01]\\d|\\d?\\d))?$';

/** The parts of an address; what is none fails, or is told with 1 as a third argument. */
export function parsedAddress(args: Arguments): string {
  const type = (args.literal(1) ?? '').toLowerCase();
  if (type !== 'inet' && type !== 'cidr') throw unsupported('PARSE_IP of a type that is not INET or CIDR');
  const permissive = args.count > 2 ? args.literal(2) : '0';
  if (permissive !== '0' && permissive !== '1')
    throw unsupported('PARSE_IP with an option that is not 0 or 1');
  const problem = 'Error parsing IP address';
  const wrong = permissive === '1' ? `json_object('error', '${problem}')` : `error('${problem}')`;
  const { rendering } = args.place;
  return once(rendering, [args.text(0)], (text) =>
    once(rendering, [hexOf(text)], (hex) => {
      const cases = [
        `WHEN ${text} IS NULL THEN NULL`,
        `WHEN length(${text}) > ${LONGEST} THEN ${wrong}`,
        `WHEN regexp_matches(${text}, '${IPV4}') THEN ${ipv4(text, type)}`,
        `WHEN ${hex} IS NOT NULL THEN ${ipv6(text, hex, type)}`,
      ];
      return `CASE ${cases.join(' ')} ELSE ${wrong} END`;
    }),
  );
}

function ipv4(text: string, type: string): string {
  const octet = (group: number) => `CAST(regexp_extract(${text}, '${IPV4}', ${group}) AS BIGINT)`;
  const address = `(((${octet(1)} * 256 + ${octet(2)}) * 256 + ${octet(3)}) * 256 + ${octet(4)})`;
  const prefix = `TRY_CAST(nullif(regexp_extract(${text}, '${IPV4}', 5), '') AS BIGINT)`;
  const size = `(1::BIGINT << (32 - ${prefix}))`;
  const common = [
    `'host', split_part(${text}, '/', 1)`,
    `'ip_fields', [${address}, 0, 0, 0]`,
    `'ip_type', '${type}'`,
  ];
  const of = (range: readonly string[]) =>
    `json_object(${["'family', 4", ...common, `'ipv4', ${address}`, ...range, `'netmask_prefix_length', ${prefix}`, KIND].join(', ')})`;
  const start = `${address} - ${address} % ${size}`;
  return `CASE WHEN ${prefix} IS NULL THEN ${of([])} ELSE ${of([
    `'ipv4_range_end', ${start} + ${size} - 1`,
    `'ipv4_range_start', ${start}`,
  ])} END`;
}

const KIND = `'snowflake$type', 'ip_address'`;

/** Its 32 digits, with those that `::` leaves out; NULL of anything else. */
function hexOf(text: string): string {
  const host = `regexp_extract(left(${text}, ${LONGEST}), '${IPV6}', 1)`;
  const groups = (side: number) => {
    const part = `split_part(${host}, '::', ${side})`;
    return `(CASE WHEN ${part} = '' THEN CAST([] AS VARCHAR[]) ELSE string_split(${part}, ':') END)`;
  };
  const missing = `8 - len(${groups(1)}) - len(${groups(2)})`;
  const zeros = `list_transform(range(greatest(${missing}, 0)), lambda i: '0')`;
  const all = `(CASE WHEN contains(${host}, '::') THEN list_concat(${groups(1)}, ${zeros}, ${groups(2)}) ELSE string_split(${host}, ':') END)`;
  const isOne = `len(${all}) = 8 AND len(string_split(${host}, '::')) <= 2 AND (NOT contains(${host}, '::') OR ${missing} > 0)`;
  const areGroups = `list_bool_and(list_transform(${all}, lambda g: length(g) BETWEEN 1 AND 4))`;
  const digits = `upper(array_to_string(list_transform(${all}, lambda g: lpad(g, 4, '0')), ''))`;
  return `(CASE WHEN ${isOne} AND ${areGroups} THEN ${digits} END)`;
}

function ipv6(text: string, hex: string, type: string): string {
  const prefix = `TRY_CAST(nullif(regexp_extract(${text}, '${IPV6}', 2), '') AS BIGINT)`;
  const fields = [1, 9, 17, 25].map((at) => `CAST('0x' || substr(${hex}, ${at}, 8) AS UBIGINT)`);
  const of = (range: readonly string[]) =>
    `json_object(${[
      "'family', 6",
      `'hex_ipv6', ${hex}`,
      ...range,
      `'host', split_part(${text}, '/', 1)`,
      `'ip_fields', [${fields.join(', ')}]`,
      `'ip_type', '${type}'`,
      `'netmask_prefix_length', ${prefix}`,
      KIND,
    ].join(', ')})`;
  return `CASE WHEN ${prefix} IS NULL THEN ${of([])} ELSE ${of([
    `'hex_ipv6_range_end', ${bound(hex, prefix, true)}`,
    `'hex_ipv6_range_start', ${bound(hex, prefix, false)}`,
  ])} END`;
}

/** The first or the last address with these first bits, digit by digit. */
function bound(hex: string, prefix: string, isLast: boolean): string {
  const value = `CAST('0x' || substr(${hex}, i + 1, 1) AS BIGINT)`;
  const free = `least(4, greatest(0, 4 * (i + 1) - ${prefix}))`;
  const first = `(${value} >> ${free}) << ${free}`;
  const digit = isLast ? `(${first}) + (1 << ${free}) - 1` : first;
  return `array_to_string(list_transform(range(32), lambda i: substr('0123456789ABCDEF', CAST(${digit} AS BIGINT) + 1, 1)), '')`;
}
