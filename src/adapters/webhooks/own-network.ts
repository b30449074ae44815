import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * IPv4 that is not on the public internet (IANA's special-purpose registry, RFC 6890), and addresses at which clouds keep
 * what is meant for their machines alone.
 */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // With the metadata of AWS, Google, Azure and others at 169.254.169.254.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Azure's own service for its machines, though the address is a public one.
  '168.63.129.16/32',
];
/** Of the public part of IPv6, 2000::/3: tunnels that carry any IPv4 address, and ranges for documents and tests. */
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const notPublic4 = blockList('ipv4', NOT_PUBLIC_4);
const notPublic6 = blockList('ipv6', NOT_PUBLIC_6);
const public6 = blockList('ipv6', ['2000::/3']);
/** ::ffff:a.b.c.d is a.b.c.d to the kernel. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Whether an address is one of the public internet, and none of this machine. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const plain = MAPPED.exec(address)?.[1] ?? address;
  const family = isIP(plain);
  if (family === 4) return !notPublic4.check(plain, 'ipv4') && !isOfThisMachine(plain);
  if (family === 6) {
    return public6.check(plain, 'ipv6') && !notPublic6.check(plain, 'ipv6') && !isOfThisMachine(plain);
  }
  return false;
}

function isOfThisMachine(address: string): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some((own) => own.address === address));
}

function blockList(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
