export interface ClusterTiming {
  /** Between two beats of a node. */
  readonly beatMs: number;
  /** A node whose beats stopped for longer than this is dead to the others. */
  readonly detectionMs: number;
  /** For how long a node trusts its last confirmation. */
  readonly leaseMs: number;
  /** For how long the homes of nodes are kept that vanished in a mass. */
  readonly freezeMs: number;
}

/** @throws Error with a sentence for people, where the times do not fit together. */
export function assertTiming({ beatMs, detectionMs, leaseMs, freezeMs }: ClusterTiming): void {
  demand(beatMs > 0 && Number.isFinite(freezeMs), 'beatMs must be above 0, and freezeMs finite');
  demand(beatMs * 3 <= detectionMs, `detectionMs (${detectionMs}) must be three beats (${beatMs}) or more`);
  demand(
    beatMs * 2 < leaseMs,
    `leaseMs (${leaseMs}) must be more than two beats (${beatMs}), or one missed beat ends it`,
  );
  demand(
    leaseMs < detectionMs,
    `leaseMs (${leaseMs}) must be under detectionMs (${detectionMs}): a node stops before others take over`,
  );
  demand(detectionMs <= freezeMs, `freezeMs (${freezeMs}) must be detectionMs (${detectionMs}) or more`);
}

/** Written so that NaN fails. */
function demand(holds: boolean, message: string): void {
  if (!holds) throw new Error(`The times of the cluster do not fit together: ${message}.`);
}
