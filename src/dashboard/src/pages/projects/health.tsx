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
              {asked === 0
                ? "Nobody has asked it in the last seven days."
                : `${counted(asked, "text")} in the last seven days`}
            </dd>
            <dt>Feedback</dt>
            <dd>
              {health.feedback ? (
                <>
                  {count(health.feedback.right)} of {counted(health.feedback.of, "answer")} that people have judged were
                  right, which is {percent(health.feedback.low, 1)} to {percent(health.feedback.high, 1)} at 95 %. On
                  the holdout it was {percent(health.feedback.holdout, 1)}.{" "}
                  {health.feedback.fell && <Badge tone="bad">has dropped</Badge>}
                </>
              ) : (
                <span class="muted">Nobody has judged its answers yet.</span>
              )}
            </dd>
            <dt>Base model</dt>
            <dd>
              <span class="mono">{health.baseModel}</span>{" "}
              {health.baseEnds ? (
                <span class="warn-text">It answers until {health.baseEnds}.</span>
              ) : (
                <span class="muted">No end has been announced.</span>
              )}
            </dd>
          </dl>
          <h3>Drift</h3>
          {health.drift.length === 0 ? (
            <p class="muted small">Too few texts have been asked lately to compare them with the holdout.</p>
          ) : (
            <div class="scroll">
              <table class="list">
                <thead>
                  <tr>
                    <th>Compared with the holdout</th>
                    <th class="number" title="Population stability index. 0.1 is a small shift, 0.25 a large one.">
                      Index
                    </th>
                    <th class="number" title="How likely a shift of this size is by chance alone">
                      p value
                    </th>
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
                          <Badge tone="bad">has drifted</Badge>
                        ) : measure.rowsNeeded != null && measure.rows < measure.rowsNeeded ? (
                          <span class="small muted">can be judged from {count(measure.rowsNeeded)} texts on</span>
                        ) : (
                          <span class="small muted">no drift</span>
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
