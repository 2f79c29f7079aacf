import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { dropName, outcomes, shortId } from "../../format/words";
import { Badge } from "../../parts/badge";
import { Copyable } from "../../parts/json";
import { to } from "../../parts/link";
import { Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { Ago } from "../../parts/time";
import { RunActions } from "./actions";
import { Files } from "./files";
import { History } from "./history";
import { Overview } from "./overview";
import { RunTabs } from "./tabs";
import { TimelineView } from "./timeline-view";

interface RunPageProps {
  id: string;
  tab?: string;
}

/** A run: where it stands, what happened when, its files. */
export function RunPage({ id, tab }: RunPageProps) {
  const live = useLive(id, (headers) => api.GET("/api/runs/{id}", { params: { path: { id } }, headers }), {
    every: (run) => (run.outcome === "running" ? 2500 : undefined),
  });
  const run = live.data;
  if (!run) {
    return (
      <Page title={id}>{live.problem ? <ProblemNote problem={live.problem} again={live.again} /> : <Loading />}</Page>
    );
  }
  const { word, tone } = outcomes[run.outcome];
  const file = dropName(run);
  return (
    <Page
      title={`${run.project} ${shortId(run)}`}
      below={
        <>
          <Badge tone={run.needsApproval ? "warn" : tone}>{run.needsApproval ? "Waits for you" : word}</Badge>{" "}
          {run.isRetrying && (
            <>
              <Badge tone="warn">Tries again</Badge>{" "}
            </>
          )}
          <Ago at={run.startedAt} /> {file && <>· {file}</>} · <Copyable text={run.runId} />
        </>
      }
      aside={<RunActions run={run} again={live.again} />}
    >
      <RunTabs id={run.runId} hasReport={run.hasReport} tab={tab ?? ""} />
      {(tab === undefined || tab === "") && <Overview run={run} />}
      {tab === "timeline" && <TimelineView run={run} />}
      {tab === "history" && <History run={run} />}
      {tab === "files" && <Files run={run} />}
      {!["", "timeline", "history", "files"].includes(tab ?? "") && (
        <p>
          There is no such part of a run. <a href={to.run(run.runId)}>Its overview</a>
        </p>
      )}
    </Page>
  );
}
