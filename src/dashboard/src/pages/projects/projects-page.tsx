import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { counted } from "../../format/numbers";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { Empty, Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { Ago } from "../../parts/time";

/** Every project that has a recipe, a drop or a champion. */
export function ProjectsPage() {
  const live = useLive("projects", (headers) => api.GET("/api/projects", { headers }), { every: () => 15_000 });
  const projects = live.data?.projects;
  return (
    <Page title="Projects">
      {live.problem && !projects && <ProblemNote problem={live.problem} again={live.again} />}
      {!projects && !live.problem && <Loading />}
      {projects?.length === 0 && (
        <Empty title="No project yet.">
          <p>
            A project begins with its first file. <a href={to.drop()}>Drop one</a>
          </p>
        </Empty>
      )}
      {projects && projects.length > 0 && (
        <div class="scroll">
          <table class="list">
            <thead>
              <tr>
                <th class="grow">Project</th>
                <th>Champion</th>
                <th>Recipe</th>
                <th class="number">Drops</th>
                <th class="number">Last drop</th>
              </tr>
            </thead>
            <tbody>
              {projects.map((project) => (
                <tr key={project.name}>
                  <td class="grow">
                    <a class="row-link" href={to.project(project.name)}>
                      <strong>{project.name}</strong>
                    </a>
                  </td>
                  <td>{project.hasChampion ? <Badge tone="good">in use</Badge> : <span class="muted">none</span>}</td>
                  <td>{project.hasRecipe ? "its own" : <span class="muted">defaults</span>}</td>
                  <td class="number">{counted(project.drops, "file")}</td>
                  <td class="number muted">{project.lastDropAt ? <Ago at={project.lastDropAt} /> : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}
