interface Costed {
  costUsd?: number | null;
  simulated?: boolean;
}

/** What the simulated work of a run's candidates would have cost at list price; nothing of it was paid. */
export function simulatedUsd(candidates: readonly Costed[]): number {
  return candidates.reduce((sum, one) => sum + (one.simulated ? (one.costUsd ?? 0) : 0), 0);
}
