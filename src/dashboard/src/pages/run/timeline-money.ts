import type { RunView, TimelineStep } from "../../api/types";
import { simulatedUsd } from "../../format/money";

type Record = Partial<Pick<RunView, "spentUsd" | "quote" | "approval">> & {
  candidates?: { costUsd?: number | null; simulated?: boolean }[];
};

/** What a run's money did, and when. Times are milliseconds of the epoch. */
export interface MoneyHistory {
  /** Used up to then: paid, and what simulated work would have cost. */
  used: { at: number; usd: number }[];
  quoted: { at: number; low: number; high: number } | undefined;
  decided: { at: number; approved: boolean; by: string | undefined; comment: string | undefined } | undefined;
}

/** From what the run has recorded of itself at every stage; undefined where nothing costs anything. */
export function moneyOf(steps: readonly TimelineStep[]): MoneyHistory | undefined {
  const history: MoneyHistory = { used: [], quoted: undefined, decided: undefined };
  for (const { event } of steps) {
    if (event.kind !== "activityScheduled" || event.name !== "RecordRun") continue;
    const record = event.input as Record | null | undefined;
    if (!record) continue;
    const at = Date.parse(event.at);
    if (record.quote && !history.quoted) {
      history.quoted = { at, low: record.quote.lowUsd, high: record.quote.highUsd };
    }
    if (record.approval && !history.decided) {
      const { approved, by, comment } = record.approval;
      history.decided = {
        at: Date.parse(record.approval.at),
        approved,
        by: by ?? undefined,
        comment: comment ?? undefined,
      };
    }
    const usd = (record.spentUsd ?? 0) + simulatedUsd(record.candidates ?? []);
    if (usd !== (history.used.at(-1)?.usd ?? 0)) history.used.push({ at, usd });
  }
  const costs = history.used.length > 0 || (history.quoted?.high ?? 0) > 0;
  return costs ? history : undefined;
}
