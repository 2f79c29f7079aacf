import type { RunView } from "../../api/types";
import { percent, usd } from "../../format/numbers";
import { doing, kinds } from "../../format/words";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { ServiceLink } from "../../parts/service-link";
import { FailureNote } from "./failure";
import { Flow } from "./flow";
import { Money } from "./money";

const tones = { waiting: "quiet", training: "info", evaluating: "info", judged: "good", failed: "bad" } as const;

/** A run at a glance: where it stands, its candidates, its money. */
export function Overview({ run }: { run: RunView }) {
  return (
    <div class="stack">
      {run.outcome === "running" && (
        <p class={run.needsApproval ? "note warn" : "note"} dir="auto">
          {doing(run)}
        </p>
      )}
      {run.verdict && (
        <p class="verdict" dir="auto">
          {run.verdict} {run.hasReport && <a href={to.compare(run.runId)}>Compare the candidates</a>}
        </p>
      )}
      {run.failure && <FailureNote failure={run.failure} />}
      <Flow run={run} />
      <div class="columns">
        <section class="card wide" aria-labelledby="candidates">
          <h2 id="candidates">Candidates</h2>
          <div class="scroll">
            <table class="list">
              <thead>
                <tr>
                  <th>Name</th>
                  <th>State</th>
                  <th>Model</th>
                  <th class="number">Accuracy</th>
                  <th class="number">Cost</th>
                </tr>
              </thead>
              <tbody>
                {run.candidates.map(({ record, progress }) => (
                  <tr key={record.name}>
                    <td>
                      <strong>{record.name}</strong>
                      <div class="small muted">{kinds[record.kind]}</div>
                    </td>
                    <td>
                      <Badge tone={tones[record.state]}>{record.state}</Badge>
                      {progress && (
                        <div class="small muted" dir="auto">
                          {progress.state}
                          {progress.total ? ` ${progress.done ?? 0} of ${progress.total}` : ""}
                        </div>
                      )}
                      {record.failure && (
                        <div class="small bad-text" dir="auto">
                          {record.failure.message}
                        </div>
                      )}
                    </td>
                    <td>
                      <span class="mono">{record.model ?? "–"}</span>
                      {record.jobId && (
                        <div class="small muted mono">
                          {record.jobId}{" "}
                          {record.provider && (
                            <>
                              at <ServiceLink provider={record.provider} />
                            </>
                          )}
                        </div>
                      )}
                    </td>
                    <td class="number">{record.accuracy != null ? percent(record.accuracy) : "–"}</td>
                    <td class="number">
                      {record.costUsd != null ? usd(record.costUsd) : "–"}
                      {record.simulated && <div class="small muted">simulated</div>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
        <div class="stack">
          <Money run={run} />
          {run.notes.length > 0 && (
            <section class="card" aria-labelledby="notes">
              <h2 id="notes">Notes</h2>
              <ul class="plain">
                {run.notes.map((note) => (
                  <li key={note} dir="auto">
                    {note}
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      </div>
    </div>
  );
}
