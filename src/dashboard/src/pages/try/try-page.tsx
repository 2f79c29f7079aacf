import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { type Answer, type Problem, problemOf, take } from "../../api/problem";
import type { Prediction } from "../../api/types";
import { to } from "../../parts/link";
import { Empty, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { type Asked, AskedCard } from "./asked-card";

const kept = 20;

/** Type a text, see what the champion says and how sure it is, beside earlier versions where one likes. */
export function TryPage({ name }: { name?: string }) {
  const { route } = useLocation();
  const projects = useLive("projects", (headers) => api.GET("/api/projects", { headers }), { every: () => undefined });
  const able = projects.data?.projects.filter((project) => project.hasChampion) ?? [];
  const project = name ?? able[0]?.name;
  const path = { project: project ?? "" };
  const models = useLive(
    `models/${project ?? ""}`,
    (headers) => api.GET("/api/projects/{project}/models", { params: { path }, headers }),
    { every: () => undefined, skip: !project },
  );
  const [text, setText] = useState("");
  const detail = useLive(
    `project/${project ?? ""}`,
    (headers) => api.GET("/api/projects/{project}", { params: { path }, headers }),
    { every: () => undefined, skip: !project },
  );
  const [others, setOthers] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<Asked[]>([]);
  useEffect(() => {
    setAsked([]);
    setOthers([]);
  }, [project]);
  const challenger = detail.data?.challenger;
  const earlier = models.data?.versions.filter((one) => one.version !== models.data?.champion?.version) ?? [];
  const beside = [
    ...(challenger ? [{ key: "challenger", name: "challenger", candidate: challenger.candidate }] : []),
    ...earlier.slice(0, 6).map(({ version, candidate }) => ({ key: `${version}`, name: `v${version}`, candidate })),
  ];

  async function one(version: string): Promise<Asked["answers"][number]> {
    try {
      const body = { text, version } as never;
      const answer = take(
        (await api.POST("/api/projects/{project}/predict", { params: { path }, body })) as Answer<Prediction>,
      );
      return { version, answer };
    } catch (error) {
      const problem: Problem = problemOf(error);
      return { version, problem };
    }
  }

  async function ask(event: Event): Promise<void> {
    event.preventDefault();
    if (!project || !text.trim() || busy) return;
    setBusy(true);
    const answers = await Promise.all(["champion", ...others].map(one));
    setAsked([{ key: Date.now(), text, answers }, ...asked].slice(0, kept));
    setBusy(false);
  }

  return (
    <Page title="Try it" below="The champion of a project answers. This page keeps nothing of what you type.">
      {projects.problem && <ProblemNote problem={projects.problem} again={projects.again} />}
      {projects.data && able.length === 0 && (
        <Empty title="No project has a champion yet.">
          <p>
            A run ends with one, by its rule or by you. <a href={to.runs()}>Runs</a>
          </p>
        </Empty>
      )}
      {project && (
        <form class="stack narrow" onSubmit={ask}>
          <label class="field">
            <span>Project</span>
            <select value={project} onChange={(event) => route(to.tryIt(event.currentTarget.value))}>
              {[...new Set([project, ...able.map((one) => one.name)])].map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>Text</span>
            <textarea
              dir="auto"
              rows={4}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void ask(event);
              }}
            />
          </label>
          {beside.length > 0 && (
            <fieldset class="segments">
              <legend class="small muted">Beside the champion, ask</legend>
              {beside.map(({ key, name, candidate }) => (
                <button
                  key={key}
                  type="button"
                  aria-pressed={others.includes(key)}
                  onClick={() =>
                    setOthers(others.includes(key) ? others.filter((one) => one !== key) : [...others, key])
                  }
                >
                  {name} <span class="muted">{candidate}</span>
                </button>
              ))}
            </fieldset>
          )}
          <p>
            <button type="submit" class="primary" disabled={busy || !text.trim()}>
              {busy ? "Asking…" : "Ask"}
            </button>{" "}
            <span class="small muted">or Ctrl+Enter</span>
          </p>
        </form>
      )}
      <div class="stack" aria-live="polite">
        {asked.map((one) => (
          <AskedCard key={one.key} asked={one} />
        ))}
      </div>
    </Page>
  );
}
