/** What is counted: requests and new sockets of an address, new guest sessions of an address, commands of a holder. */
export type Rate = 'requests' | 'sockets' | 'sessions' | 'commands';

/** Who asks how often, in the whole cluster where there is one. */
export interface Rates {
  /** Undefined: go on. Else how many milliseconds to wait. Answers in bounded time, from this node's counts if need be. */
  consume(rate: Rate, key: string): Promise<number | undefined>;
}
