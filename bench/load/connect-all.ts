/** Connections that one process opens at once: past a server's backlog the kernel would make them wait whole seconds. */
const CONNECTING_MAX = 128;

/** Rejects with the first that cannot. */
export async function connectAll(people: readonly { connect(): Promise<void> }[]): Promise<void> {
  const queue = people.values();
  const connectSome = async () => {
    for (const one of queue) await one.connect();
  };
  await Promise.all(Array.from({ length: CONNECTING_MAX }, connectSome));
}
