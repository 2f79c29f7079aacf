import type { RunView } from "../../api/types";
import { usd } from "../../format/numbers";
import { doing, dropName, outcomes, retrying, shortId } from "../../format/words";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { StageStrip } from "../../parts/stages";
import { Ago } from "../../parts/time";

/** One run in the list. */
export function RunRow({ run }: { run: RunView }) {
  const { word, tone } = outcomes[run.outcome];
  return (
    <tr>
      <td>
        <a class="row-link" href={to.run(run.runId)}>
          <strong>{run.project}</strong> <span class="mono muted">{shortId(run)}</span>
        </a>
        {dropName(run) && <div class="small muted">{dropName(run)}</div>}
      </td>
      <td>
        <StageStrip run={run} />
      </td>
      <td>
        <Badge tone={run.needsApproval || run.isRetrying ? "warn" : tone}>
          {run.needsApproval ? "Waits for you" : run.isRetrying ? "Tries again" : word}
        </Badge>
      </td>
      <td class="grow">
        <span class="clamp" dir="auto">
          {run.isRetrying
            ? retrying(run)
            : run.outcome === "running"
              ? doing(run)
              : (run.verdict ?? run.failure?.message ?? "")}
        </span>
      </td>
      <td class="number">
        {usd(run.spentUsd)}
        {run.quote && (
          <span class="muted" title={`Quoted: ${usd(run.quote.lowUsd)} to ${usd(run.quote.highUsd)}`}>
            {" "}
            / {usd(run.quote.likelyUsd)}
          </span>
        )}
      </td>
      <td class="number muted">
        <Ago at={run.startedAt} />
      </td>
    </tr>
  );
}
