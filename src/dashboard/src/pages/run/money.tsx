import type { RunView } from "../../api/types";
import { simulatedUsd } from "../../format/money";
import { usd } from "../../format/numbers";
import { Time } from "../../parts/time";

/** What was spent, beside what was quoted: one bar. */
export function Money({ run }: { run: RunView }) {
  const quote = run.quote;
  const simulated = simulatedUsd(run.candidates.map((one) => one.record));
  const shown = run.spentUsd + simulated;
  const most = Math.max(quote?.highUsd ?? 0, shown, 1e-9);
  const share = (value: number): string => `${(Math.min(value / most, 1) * 100).toFixed(2)}%`;
  return (
    <section class="card" aria-labelledby="money">
      <h2 id="money">Money</h2>
      {quote && (
        <div
          class="money-bar"
          role="img"
          aria-label={`${usd(shown)} used of a quote of ${usd(quote.lowUsd)} to ${usd(quote.highUsd)}`}
        >
          <span class="money-range" style={{ left: share(quote.lowUsd), width: share(quote.highUsd - quote.lowUsd) }} />
          <span class="money-spent" style={{ width: share(shown) }} />
          <span class="money-likely" style={{ left: share(quote.likelyUsd) }} />
        </div>
      )}
      <dl class="facts">
        <dt>Spent</dt>
        <dd>{usd(run.spentUsd)}</dd>
        {simulated > 0 && (
          <>
            <dt>Simulated</dt>
            <dd>{usd(simulated)} at list price, of which nothing was paid</dd>
          </>
        )}
        {quote && (
          <>
            <dt>Quote</dt>
            <dd>
              {usd(quote.likelyUsd)}{" "}
              <span class="muted">
                ({usd(quote.lowUsd)} to {usd(quote.highUsd)})
              </span>
            </dd>
            {quote.needsApproval && (
              <>
                <dt>Approval</dt>
                <dd>{run.needsApproval ? "awaited" : run.approval ? <Approval run={run} /> : "was needed"}</dd>
              </>
            )}
          </>
        )}
      </dl>
    </section>
  );
}

function Approval({ run }: { run: RunView }) {
  const given = run.approval;
  if (!given) return null;
  return (
    <>
      {given.approved ? "approved" : "rejected"} by <span dir="auto">{given.by ?? "somebody without a name"}</span>,{" "}
      <Time at={given.at} />
      {given.comment && (
        <div class="small muted" dir="auto">
          {given.comment}
        </div>
      )}
    </>
  );
}
