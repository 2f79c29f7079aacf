import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { doing, outcomes, shortId } from "../../format/words";
import { Badge } from "../../parts/badge";
import { Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { StageStrip } from "../../parts/stages";
import { Ago } from "../../parts/time";

interface RunPageProps {
  id: string;
  tab?: string;
}

/** A run: where it stands. */
export function RunPage({ id }: RunPageProps) {
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
  return (
    <Page
      title={`${run.project} ${shortId(run)}`}
      below={
        <>
          <Badge tone={tone}>{word}</Badge> <StageStrip run={run} /> <Ago at={run.startedAt} />
        </>
      }
    >
      <p dir="auto">{run.outcome === "running" ? doing(run) : (run.verdict ?? run.failure?.message)}</p>
    </Page>
  );
}
