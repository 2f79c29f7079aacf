import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { usd } from "../../format/numbers";
import { outcomes, shortId } from "../../format/words";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { Empty, Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { Ago } from "../../parts/time";
import { HealthCard } from "./health";
import { NightCard } from "./night";
import { RecipeEditor } from "./recipe-editor";
import { Trend } from "./trend";
import { Versions } from "./versions";
import { Volume } from "./volume";

/** A project: its champion and those before it, its runs, its recipe. */
export function ProjectPage({ name }: { name: string }) {
  const path = { project: name };
  const models = useLive(
    `models/${name}`,
    (headers) => api.GET("/api/projects/{project}/models", { params: { path }, headers }),
    {
      every: () => 15_000,
    },
  );
  const runs = useLive(
    `runs/${name}`,
    (headers) => api.GET("/api/runs", { params: { query: { project: name, top: "50" } }, headers }),
    { every: () => 10_000 },
  );
  const detail = useLive(
    `project/${name}`,
    (headers) => api.GET("/api/projects/{project}", { params: { path }, headers }),
    { every: () => 30_000 },
  );
  return (
    <Page
      title={name}
      aside={
        <>
          <a class="button" href={to.tryIt(name)}>
            Try it
          </a>
          <a class="button primary" href={to.drop(name)}>
            Drop a file
          </a>
        </>
      }
    >
      <div class="stack">
        {models.problem && <ProblemNote problem={models.problem} again={models.again} />}
        {!models.data && !models.problem && <Loading rows={3} />}
        {models.data && <Versions project={name} models={models.data} again={models.again} />}
        <div class="columns even">
          <div class="stack">
            <section class="card" aria-labelledby="runs">
              <div class="bar">
                <h2 id="runs">Runs</h2>
                <a href={to.runs(`?project=${encodeURIComponent(name)}`)}>All of them</a>
              </div>
              {runs.data?.runs.length === 0 && <Empty title="No run yet." />}
              <div class="scroll">
                <table class="list">
                  <tbody>
                    {runs.data?.runs.slice(0, 8).map((run) => (
                      <tr key={run.runId}>
                        <td>
                          <a class="row-link mono" href={to.run(run.runId)}>
                            {shortId(run)}
                          </a>
                        </td>
                        <td>
                          <Badge tone={outcomes[run.outcome].tone}>{outcomes[run.outcome].word}</Badge>
                        </td>
                        <td class="number">{usd(run.spentUsd)}</td>
                        <td class="number muted">
                          <Ago at={run.startedAt} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </section>
            <HealthCard project={name} detail={detail.data} />
          </div>
          <div class="stack">
            <Trend project={name} />
            <NightCard project={name} night={detail.data?.lastNight ?? undefined} />
          </div>
        </div>
        {detail.data && <Volume days={detail.data.days} />}
        <RecipeEditor project={name} />
      </div>
    </Page>
  );
}
