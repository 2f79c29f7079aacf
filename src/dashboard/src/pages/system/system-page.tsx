import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { Answer } from "../../api/problem";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { Time } from "../../parts/time";
import { RefusedNotes } from "../runs/refused";
import { Providers } from "./providers";

interface Health {
  status: string;
  version: string;
  storage: string;
  engine: string;
}

/** Runs that a service, the budget or the data has ended lately, each with its reason. */
function FailedRuns() {
  const runs = useLive(
    "failed",
    (headers) => api.GET("/api/runs", { params: { query: { outcome: "failed", top: "5" } }, headers }),
    { every: () => 15_000 },
  );
  if (!runs.data) return null;
  return (
    <section class="stack" aria-labelledby="failed">
      <div class="bar">
        <h2 id="failed">Runs that failed lately</h2>
        <a href={to.runs("?outcome=failed")}>All of them</a>
      </div>
      {runs.data.runs.length === 0 && <p class="muted">No run has failed.</p>}
      {runs.data.runs.map((run) => (
        <div key={run.runId} class="note bad">
          <p>
            <a href={to.run(run.runId)}>{run.runId}</a> <Time at={run.endedAt ?? run.startedAt} />
          </p>
          <p dir="auto">{run.failure?.message}</p>
          {run.failure?.remedy && (
            <p class="muted" dir="auto">
              {run.failure.remedy}
            </p>
          )}
        </div>
      ))}
    </section>
  );
}

/** Whether the host can work, and what it has refused lately. */
export function SystemPage() {
  // Health answers 503 with the same body: what is wrong is the point of asking.
  const health = useLive<Health>(
    "health",
    async (headers) => {
      const answer = await api.GET("/api/health", { headers });
      return (
        answer.response.status === 503 ? { data: answer.error, response: new Response() } : answer
      ) as Answer<Health>;
    },
    { every: () => 10_000 },
  );
  const runs = useLive("refused", (headers) => api.GET("/api/runs", { params: { query: { top: "1" } }, headers }), {
    every: () => 15_000,
  });
  const parts = health.data
    ? [
        { name: "Host", state: health.data.status },
        { name: "Storage", state: health.data.storage },
        { name: "Engine", state: health.data.engine },
      ]
    : [];
  return (
    <Page title="System" below={health.data && <>Version {health.data.version}</>}>
      <div class="stack">
        {health.problem && <ProblemNote problem={health.problem} again={health.again} />}
        {!health.data && !health.problem && <Loading rows={3} />}
        {health.data && (
          <section class="card" aria-labelledby="health">
            <h2 id="health">Health</h2>
            <dl class="facts">
              {parts.map((part) => (
                <>
                  <dt>{part.name}</dt>
                  <dd>
                    <Badge tone={part.state === "ok" ? "good" : "bad"}>{part.state === "ok" ? "ok" : "not well"}</Badge>{" "}
                    {part.state !== "ok" && <span dir="auto">{part.state}</span>}
                  </dd>
                </>
              ))}
            </dl>
          </section>
        )}
        <Providers />
        <FailedRuns />
        <section class="stack" aria-labelledby="refused">
          <h2 id="refused">Refused files</h2>
          {runs.data && runs.data.refused.length === 0 && <p class="muted">No file was refused.</p>}
          {runs.data && <RefusedNotes drops={runs.data.refused} />}
        </section>
      </div>
    </Page>
  );
}
