import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/**
 * Whose word counts for where a request comes from: nobody's, that of so many proxies before the relay, or that of
 * proxies at these addresses (`10.0.0.7`, `10.0.0.0/8`, `fd00::/8`).
 */
export type TrustedProxies = false | number | readonly string[];

/** Whether what an address, so many hops from the relay, says of the one before it is believed. */
export type Trusts = (address: string, hop: number) => boolean;

/** Throws a `TypeError` or `RangeError` for what is no address. */
export function trustsOf(proxies: TrustedProxies): Trusts {
  if (proxies === false) return () => false;
  if (typeof proxies === 'number') return (_, hop) => hop < proxies;
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/** Where a request comes from: the last address that somebody trusted tells of. */
export function clientAddress({ socket, headers }: IncomingMessage, trusts: Trusts): string {
  const told = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .toReversed();
  let address = socket.remoteAddress ?? '';
  for (const [hop, before] of told.entries()) {
    if (isIP(before) === 0 || !trusts(address, hop)) break;
    address = before;
  }
  return address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
