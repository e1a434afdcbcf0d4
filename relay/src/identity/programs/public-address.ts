import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is somebody's on the internet, and so none of the network that the relay stands in: everything that the
 * registries of special-purpose addresses (RFC 6890) have not set aside. Addresses of IPv6 that lead to ones of IPv4 are not.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, 'ipv4');
  return family === 6 && internet6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

/** Whether an address is of one link, of many hosts, or of none: no document lies there, whoever says so. Clouds keep credentials there. */
export function isOfNobody(address: string): boolean {
  const family = isIP(address);
  return family === 0 || nobodys.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

const internet6 = new BlockList();
internet6.addSubnet('2000::', 3, 'ipv6');

const nobodys = new BlockList();
const OF_NOBODY: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's host, which its machines reach at this address
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
for (const [network, bits] of OF_NOBODY) nobodys.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 128],
  ['fd00:ec2::', 32], // what Amazon's machines are told
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  nobodys.addSubnet(network, bits, 'ipv6');

const notPublic = new BlockList();
for (const [network, bits] of [
  ...OF_NOBODY,
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
] as const)
  notPublic.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  notPublic.addSubnet(network, bits, 'ipv6');
