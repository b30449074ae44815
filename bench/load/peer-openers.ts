import { openColyseus } from './colyseus-client.js';
import type { OpenPeer } from './peer-client.js';
import { openSocketIo } from './socket-io-client.js';

export const PEER_OPENERS = { 'socket-io': openSocketIo, colyseus: openColyseus } satisfies Record<string, OpenPeer>;
