import type { ProjectDetail } from "../../api/types";
import { count, counted, decimal, percent, probability } from "../../format/numbers";
import { Badge } from "../../parts/badge";

/** How the champion does: what it was asked of late against its holdout, its answers against what people said. */
export function HealthCard({ project, detail }: { project: string; detail: ProjectDetail | undefined }) {
  const health = detail?.health;
  const asked = health?.asked.texts ?? 0;
  return (
    <section class="card" aria-labelledby="health">
      <h2 id="health">Health of the champion</h2>
      {detail && !health && <p class="muted">{project} has no champion yet.</p>}
      {health && (
        <>
          <dl class="facts">
            <dt>Asked</dt>
            <dd>
              {asked === 0 ? "nothing in the last seven days" : `${counted(asked, "text")} in the last seven days`}
            </dd>
            <dt>Feedback</dt>
            <dd>
              {health.feedback ? (
                <>
                  {count(health.feedback.right)} of {count(health.feedback.of)} right ({percent(health.feedback.low, 1)}{" "}
                  to {percent(health.feedback.high, 1)}), holdout {percent(health.feedback.holdout, 1)}{" "}
                  {health.feedback.fell && <Badge tone="bad">fallen</Badge>}
                </>
              ) : (
                <span class="muted">nothing said of its answers</span>
              )}
            </dd>
            <dt>Base model</dt>
            <dd>
              <span class="mono">{health.baseModel}</span>{" "}
              {health.baseEnds ? (
                <span class="warn-text">answers until {health.baseEnds}</span>
              ) : (
                <span class="muted">no end announced</span>
              )}
            </dd>
          </dl>
          <h3>Drift</h3>
          {health.drift.length === 0 ? (
            <p class="muted small">Nothing was asked that could be set against the holdout.</p>
          ) : (
            <div class="scroll">
              <table class="list">
                <thead>
                  <tr>
                    <th class="grow">Of</th>
                    <th class="number" title="Population stability index: 0.1 is small, 0.25 large">
                      Index
                    </th>
                    <th class="number">Chance</th>
                    <th class="number">Texts</th>
                    <th>
                      <span class="sr">Judgement</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {health.drift.map((measure) => (
                    <tr key={measure.of}>
                      <td>{measure.of}</td>
                      <td class="number">{decimal(measure.index, 2)}</td>
                      <td class="number muted">{probability(measure.pValue)}</td>
                      <td class="number">{count(measure.rows)}</td>
                      <td>
                        {measure.drifted ? (
                          <Badge tone="bad">drifted</Badge>
                        ) : measure.rowsNeeded != null && measure.rows < measure.rowsNeeded ? (
                          <span class="small muted">tells from {count(measure.rowsNeeded)} texts on</span>
                        ) : (
                          <span class="small muted">as before</span>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </section>
  );
}
