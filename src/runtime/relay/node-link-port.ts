/**
 * Messages between nodes. Delivered at most once and in the order sent; lost silently while a connection is down. While the
 * path between two nodes changes (Redis to direct, or back), a message may arrive twice or late: users number the messages
 * that must not be applied twice. Payloads are plain data: objects, arrays, strings, numbers, booleans, Uint8Array; undefined
 * is left out.
 */
export interface NodeLink {
  /** Receives what is sent to this member; resolves once it does. Call it once in the life of a node. */
  receive(memberId: string, handler: (payload: unknown) => void): Promise<void>;
  send(memberId: string, payload: unknown): void;
  /** To all followers of the topic. */
  publish(topic: string, payload: unknown): void;
  /**
   * Resolves once everything published from then on arrives here; rejects in bounded time. Resolves with the function that
   * stops following.
   */
  follow(topic: string, handler: (payload: unknown) => void): Promise<() => void>;
}
