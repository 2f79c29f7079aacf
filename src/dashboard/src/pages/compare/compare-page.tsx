import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { Comparison } from "../../api/types";
import { counted, usd } from "../../format/numbers";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { useQuery } from "../../parts/query";
import { RunTabs } from "../run/tabs";
import { CascadeSection } from "./cascade";
import { Details } from "./details";
import { FrontierChart } from "./frontier";
import { PairSection } from "./pair";
import { Rows } from "./rows";
import { ScoreTable } from "./score-table";

const decisions = { promote: "good", keep: "quiet", notEnoughData: "warn" } as const;
const words = { promote: "Promote", keep: "Keep", notEnoughData: "Not enough data" };

/** A run's candidates side by side. What is chosen stands in the address. */
export function ComparePage({ id }: { id: string }) {
  const [query, change] = useQuery();
  const asked = {
    ...(query.against ? { against: query.against } : {}),
    ...(query.score ? { score: query.score } : {}),
    ...(query.candidate ? { candidate: query.candidate } : {}),
  };
  const path = { id };
  const live = useLive(
    `${id}${JSON.stringify(asked)}`,
    (headers) => api.GET("/api/runs/{id}/compare", { params: { path, query: asked }, headers }),
    { every: () => undefined, keep: true },
  );
  const view = live.data;
  if (!view) {
    return (
      <Page title={`Comparison of ${id}`}>
        {live.problem ? (
          <>
            <ProblemNote problem={live.problem} again={live.again} />
            <p>
              <a href={to.run(id)}>The run</a>
            </p>
          </>
        ) : (
          <Loading rows={8} />
        )}
      </Page>
    );
  }
  const judged = view.candidates.filter((one) => one.cells.length > 0);
  return (
    <Page
      title={`${view.project}: comparison`}
      below={
        <>
          <a href={to.run(id)}>{id}</a> · judged on {counted(view.holdoutRows, "row")} · spent {usd(view.spentUsd)}
          {view.quotedUsd != null && <> of up to {usd(view.quotedUsd)} quoted</>}
        </>
      }
    >
      <RunTabs id={id} hasReport tab="compare" />
      <div class="stack">
        <Verdict view={view} />
        <ScoreTable view={view} change={change} />
        <div class="columns even">
          <FrontierChart view={view} />
          {judged.length > 1 && <CascadeSection view={view} />}
        </div>
        {view.pair && view.pair.candidate !== view.against && (
          <PairSection view={view} pair={view.pair} close={() => change({ candidate: undefined })} />
        )}
        <Rows view={view} />
        <Details id={id} />
      </div>
    </Page>
  );
}

function Verdict({ view }: { view: Comparison }) {
  const verdict = view.verdict;
  return (
    <section aria-label="Verdict">
      <p class="verdict" dir="auto">
        <Badge tone={decisions[verdict.decision]}>{words[verdict.decision]}</Badge> {verdict.sentence}
      </p>
      {verdict.notes.length > 0 && (
        <ul class="notes small muted">
          {verdict.notes.map((note) => (
            <li key={note} dir="auto">
              {note}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
