import { constants, hkdfSync } from 'node:crypto';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';

/** What two nodes of one cluster share. */
export interface LinkKey {
  /** Names the cluster; it is sent in the clear. */
  readonly identity: string;
  /** 32 bytes, which are never sent. */
  readonly secret: Buffer;
}

/** A key that says nothing of the secret from which it is made, which may sign sessions as well. */
export function linkKey(cluster: string, secret: string): LinkKey {
  return { identity: `usher/${cluster}`, secret: Buffer.from(hkdfSync('sha256', secret, '', 'usher node link 1', 32)) };
}

/**
 * TLS with a shared key in place of certificates: each side proves that it knows the key, and everything after that is
 * encrypted, with keys of its own for every connection. Node.js offers this with TLS 1.2 only.
 */
const CIPHERS = 'ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES128-CBC-SHA256';
const PROTOCOL = { ciphers: CIPHERS, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const HANDSHAKE_MS_MAX = 3_000;
/** Also of those who know no key, until their handshake fails: they cost memory. */
const CONNECTIONS_MAX = 500;

/** `accepted` is called for connections of who knows the key, and for no others. */
export function acceptLinks({ identity, secret }: LinkKey, accepted: (socket: TLSSocket) => void): Server {
  const server = createServer(
    {
      ...PROTOCOL,
      // No session outlives its connection.
      secureOptions: constants.SSL_OP_NO_TICKET,
      handshakeTimeout: HANDSHAKE_MS_MAX,
      pskCallback: (_socket, theirs) => (theirs === identity ? secret : null),
    },
    (socket) => {
      socket.setNoDelay(true);
      accepted(socket);
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  // Node.js says that a handshake took too long, and leaves the connection open: whoever says nothing would stay for ever.
  server.on('tlsClientError', (_error, socket) => void socket.destroy());
  return server;
}

/** The socket emits `secureConnect` when the other side has proved that it knows the key, and no bytes before. */
export function connectLink({ identity, secret }: LinkKey, host: string, port: number): TLSSocket {
  const socket = connect({
    ...PROTOCOL,
    host,
    port,
    pskCallback: () => ({ psk: secret, identity }),
    // Who answers has no certificate, and no name to compare: it has the key.
    checkServerIdentity: () => undefined,
  });
  socket.setNoDelay(true);
  socket.setTimeout(HANDSHAKE_MS_MAX, () => socket.destroy(new Error('The handshake took too long.')));
  socket.once('secureConnect', () => socket.setTimeout(0));
  return socket;
}
