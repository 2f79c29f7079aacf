import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { type Problem, problemOf, take } from "../../api/problem";
import type { Prediction } from "../../api/types";
import { count, percent } from "../../format/numbers";
import { to } from "../../parts/link";
import { Empty, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";

interface Answered {
  text: string;
  answer: Prediction;
  ms: number;
}

/** Type a text, see what the champion says and how sure it is. */
export function TryPage({ name }: { name?: string }) {
  const { route } = useLocation();
  const projects = useLive("projects", (headers) => api.GET("/api/projects", { headers }), { every: () => undefined });
  const able = projects.data?.projects.filter((project) => project.hasChampion) ?? [];
  const project = name ?? able[0]?.name;
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [answers, setAnswers] = useState<Answered[]>([]);
  useEffect(() => {
    setAnswers([]);
    setProblem(undefined);
  }, [project]);

  async function ask(event: Event): Promise<void> {
    event.preventDefault();
    if (!project || !text.trim()) return;
    setBusy(true);
    setProblem(undefined);
    const began = performance.now();
    try {
      const answer = take(
        await api.POST("/api/projects/{project}/predict", { params: { path: { project } }, body: { text } as never }),
      ) as Prediction;
      setAnswers([{ text, answer, ms: performance.now() - began }, ...answers].slice(0, 20));
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Page title="Try it" below="The champion of a project answers; nothing is kept of what you type.">
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
          <p>
            <button type="submit" class="primary" disabled={busy || !text.trim()}>
              {busy ? "Asking…" : "Ask"}
            </button>{" "}
            <span class="small muted">or Ctrl+Enter</span>
          </p>
        </form>
      )}
      {problem && <ProblemNote problem={problem} />}
      <div class="stack narrow" aria-live="polite">
        {answers.map((one) => (
          <Answer key={one.ms} one={one} />
        ))}
      </div>
    </Page>
  );
}

function Answer({ one: { text, answer, ms } }: { one: Answered }) {
  const shares = Object.entries(answer.probabilities ?? {}).sort((a, b) => b[1] - a[1]);
  return (
    <article class="card">
      <p class="row-text clamp" dir="auto">
        {text}
      </p>
      <p>
        {answer.label != null ? (
          <strong class="answer-label" dir="auto">
            {answer.label}
          </strong>
        ) : (
          <span class="bad-text">No label: {answer.error ?? "the model gave none"}</span>
        )}{" "}
        <span class="small muted">
          version {answer.version}, <span class="mono">{answer.model}</span>, {Math.round(ms)} ms
          {answer.promptTokens != null && `, ${count(answer.promptTokens + (answer.completionTokens ?? 0))} tokens`}
        </span>
      </p>
      {shares.length > 0 && (
        <table class="bars" aria-label="Probabilities">
          <tbody>
            {shares.slice(0, 8).map(([label, share]) => (
              <tr key={label}>
                <th scope="row" dir="auto">
                  {label}
                </th>
                <td>
                  <span class="bar-fill" style={{ width: `${share * 100}%` }} />
                </td>
                <td class="number">{percent(share, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </article>
  );
}
