import type { NetworkInterfaceInfo } from 'node:os';

const LOOPBACK = '127.0.0.1';
/** Bridges of container engines and virtual machines: other machines do not reach them. */
const BRIDGES = /^(docker|br-|veth|virbr|cni|podman)/;
/** RFC 1918, and RFC 6598, which clouds use likewise; of IPv6, RFC 4193. */
const PRIVATE =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/i;

/**
 * The address on which a node listens for other nodes where no setting says it: its first private one. A machine that has
 * only public ones gets the loopback: links are for networks of one's own, so that is no guess to make.
 */
export function ownHost(interfaces: NodeJS.Dict<readonly NetworkInterfaceInfo[]>): string {
  const all = Object.entries(interfaces).flatMap(([name, infos]) => (BRIDGES.test(name) ? [] : (infos ?? [])));
  const found = all.filter(({ internal, address }) => !internal && PRIVATE.test(address));
  return (found.find(({ family }) => family === 'IPv4') ?? found[0])?.address ?? LOOPBACK;
}
