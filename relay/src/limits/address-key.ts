/**
 * What an address is counted under: itself, of IPv6 the first 64 bits, since whoever has one address of a /64 has all
 * of them. An IPv4 address that is written as an IPv6 one is the IPv4 one.
 */
export function addressKey(address: string): string {
  const [plain = ''] = address.split('%', 1);
  if (!plain.includes(':')) return plain.slice(0, LONGEST);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = '', after] = plain.slice(0, LONGEST).split('::', 2);
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  // Where `::` stands, as many groups are zero as are missing; one that ends in IPv4 has its last two there.
  const width = tail.length + (tail.at(-1)?.includes('.') === true ? 1 : 0);
  const zeros = Math.max(0, 8 - head.length - width);
  const all = [...head, ...(after === undefined ? [] : Array<string>(zeros).fill('0')), ...tail];
  return `${all
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** Characters of an address as text. */
const LONGEST = 45;

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
