import { createServer } from 'node:net';

/** Why `host` and `port` cannot be listened to, as a sentence that says what to set: uWebSockets.js only says that. */
export async function whyNotListening(host: string, port: number): Promise<string> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL') {
    return `HOST is ${host}, which is no address of this machine. Set HOST to one of its addresses, or to 0.0.0.0 for all.`;
  }
  if (code === 'EACCES') return `Port ${port} needs rights that this user has not. Set PORT to 1024 or above.`;
  return `Port ${port} of ${host} is taken. Set PORT to another.`;
}
