import { useLocation } from "preact-iso";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { counted } from "../../format/numbers";
import { to } from "../../parts/link";
import { Empty, Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { useQuery } from "../../parts/query";
import { HoldoutDecisions } from "./holdout";
import { Queue } from "./queue";
import { type Source, sources } from "./sources";

/** Labels to look at again: choose a run and what to look for, then judge row by row. */
export function ReviewPage({ name }: { name?: string }) {
  const { route } = useLocation();
  const [query, change] = useQuery();
  const runs = useLive(
    `reviewable/${name ?? ""}`,
    (headers) =>
      api.GET("/api/runs", { params: { query: { top: "200", ...(name ? { project: name } : {}) } }, headers }),
    { every: () => undefined },
  );
  const able = runs.data?.runs.filter((run) => run.hasReport) ?? [];
  const run = able.find((one) => one.runId === query.run) ?? able[0];
  const source: Source = sources.find((one) => one.key === query.source) ?? sources[0];
  const path = { id: run?.runId ?? "" };
  const corrections = useLive(
    `corrections/${run?.runId ?? ""}`,
    (headers) => api.GET("/api/runs/{id}/corrections", { params: { path }, headers }),
    { every: () => undefined, keep: true, skip: !run },
  );
  return (
    <Page
      title="Review"
      below="These rows have labels that deserve a second look. Every decision is kept with your name and the earlier label."
    >
      {runs.problem && <ProblemNote problem={runs.problem} again={runs.again} />}
      {!runs.data && !runs.problem && <Loading />}
      {runs.data && able.length === 0 && (
        <Empty title="Nothing to review yet.">
          <p>
            Rows come from runs that have a report. <a href={to.runs()}>Runs</a>
          </p>
        </Empty>
      )}
      {run && (
        <div class="stack">
          <div class="filters">
            <label class="field small">
              <span>Run</span>
              <select value={run.runId} onChange={(event) => change({ run: event.currentTarget.value })}>
                {able.map((one) => (
                  <option key={one.runId} value={one.runId}>
                    {one.runId}
                  </option>
                ))}
              </select>
            </label>
            <label class="field small">
              <span>Look for</span>
              <select value={source.key} onChange={(event) => change({ source: event.currentTarget.value })}>
                {sources.map((one) => (
                  <option key={one.key} value={one.key}>
                    {one.name}
                  </option>
                ))}
              </select>
            </label>
            {source.key === "train" && (
              <label class="field small">
                <span>Search</span>
                <input
                  type="search"
                  value={query.search ?? ""}
                  onChange={(event) => change({ search: event.currentTarget.value })}
                />
              </label>
            )}
            {name && (
              <button type="button" class="quiet" onClick={() => route(to.review())}>
                All projects
              </button>
            )}
          </div>
          <p class="small muted">{source.meaning}</p>
          {corrections.data && (
            <p class="small">
              {counted(corrections.data.joining, "correction")} of this run will join the next retrain.
              {corrections.data.judging > 0 &&
                ` ${counted(corrections.data.judging, "correction")} of holdout rows will change nothing until somebody decides below.`}
            </p>
          )}
          <Queue
            key={`${run.runId}/${source.key}/${query.search ?? ""}`}
            run={run}
            source={source}
            search={source.key === "train" ? query.search : undefined}
            corrections={corrections.data?.corrections ?? []}
            changed={corrections.again}
          />
          <HoldoutDecisions run={run} corrections={corrections.data?.corrections ?? []} />
        </div>
      )}
    </Page>
  );
}
