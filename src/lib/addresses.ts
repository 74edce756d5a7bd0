import { BlockList, isIP } from 'node:net';

/** What the IANA special-purpose registries keep from the public internet: this host, private networks, documentation, … */
const special4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network; 0.0.0.0 connects to this host
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, with the clouds' metadata services
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // former 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];
const special6: readonly (readonly [network: string, prefix: number])[] = [
  ['::', 96], // unspecified, loopback, former IPv4-compatible
  ['64:ff9b:1::', 48], // local NAT64
  ['100::', 63], // discard, dummy
  ['2001::', 23], // protocol assignments, Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
  ['4000::', 2], // nothing at or above 4000:: is global unicast: unique local,
  ['8000::', 1], // link-local, site-local and multicast are all there
];

const special = new BlockList();
for (const [network, prefix] of special4) {
  // IPv4-mapped addresses (::ffff:10.0.0.1) are checked as IPv4 by BlockList itself; NAT64 ones are not.
  special.addSubnet(network, prefix, 'ipv4');
  special.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
}
for (const [network, prefix] of special6) special.addSubnet(network, prefix, 'ipv6');

/** Whether the text is an IP address that belongs to a host on the public internet; false for everything else. */
export function isPublicAddress(text: string): boolean {
  switch (isIP(text)) {
    case 4:
      return !special.check(text, 'ipv4');
    case 6:
      return !text.includes('%') && !special.check(text, 'ipv6');
    default:
      return false;
  }
}
