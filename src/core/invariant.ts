/** A broken promise inside the core, or state that contradicts itself. The actor that meets one stops and reloads. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Callers on hot paths pass constant messages: the message is built whether or not the condition holds. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
