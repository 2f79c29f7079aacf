import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { type Problem, problemOf } from "../../api/problem";
import type { CheckAnswer } from "../../api/types";
import { upload } from "../../api/upload";
import { bytes, percent } from "../../format/numbers";
import { to } from "../../parts/link";
import { Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { useQuery } from "../../parts/query";
import { CheckResult } from "./check-result";

/** Upload a file: first its check and quote, then, if one wants, its run. */
export function DropPage() {
  const [query] = useQuery();
  const { route } = useLocation();
  const [file, setFile] = useState<File>();
  const [project, setProject] = useState(query.project ?? "");
  const [recipe, setRecipe] = useState("");
  const [check, setCheck] = useState<CheckAnswer>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState<{ word: string; share: number }>();
  const [over, setOver] = useState(false);

  function form(withProject: boolean): FormData {
    const data = new FormData();
    if (withProject) data.append("project", project.trim());
    if (recipe.trim()) data.append("recipe", recipe);
    if (file) data.append("file", file);
    return data;
  }

  async function send<T>(address: string, word: string, data: FormData): Promise<T | undefined> {
    setProblem(undefined);
    setBusy({ word, share: 0 });
    try {
      return await upload<T>(address, data, (share) => setBusy({ word, share }));
    } catch (error) {
      setProblem(problemOf(error));
      return undefined;
    } finally {
      setBusy(undefined);
    }
  }

  async function ask(event: Event): Promise<void> {
    event.preventDefault();
    setCheck(await send<CheckAnswer>("/api/datasets/check", "Checking", form(false)));
  }

  async function start(): Promise<void> {
    const started = await send<{ runId: string }>("/api/runs", "Sending", form(true));
    if (started) route(to.run(started.runId));
  }

  function choose(chosen: File | undefined): void {
    setFile(chosen);
    setCheck(undefined);
    setProblem(undefined);
  }

  return (
    <Page
      title="Drop a file"
      below="It is checked and priced first; nothing is started and nothing is kept until you say so."
    >
      <form class="stack narrow" onSubmit={ask}>
        <div
          class={`dropzone ${over ? "over" : ""}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            choose(event.dataTransfer?.files[0]);
          }}
        >
          <label class="field">
            <span>CSV or JSON lines, gzip as you like</span>
            <input type="file" onChange={(event) => choose(event.currentTarget.files?.[0])} />
          </label>
          <p class="small muted">{file ? `${file.name}, ${bytes(file.size)}` : "Or drop it here."}</p>
        </div>
        <label class="field">
          <span>Project</span>
          <input
            value={project}
            placeholder="reviews"
            pattern="[a-z0-9][a-z0-9\-]*"
            title="Lower-case letters, digits and dashes"
            required
            onInput={(event) => setProject(event.currentTarget.value)}
          />
        </label>
        <details>
          <summary>A recipe for this file alone</summary>
          <label class="field">
            <span class="sr">Recipe (JSON)</span>
            <textarea
              class="mono"
              rows={8}
              value={recipe}
              spellcheck={false}
              placeholder='{ "candidates": [ { "name": "gpt", "model": "gpt-4.1-mini" } ] }'
              onInput={(event) => setRecipe(event.currentTarget.value)}
            />
          </label>
          <p class="small muted">Without one, the project's recipe counts, else the defaults.</p>
        </details>
        <p>
          <button type="submit" class={check ? "" : "primary"} disabled={!file || Boolean(busy)}>
            Check
          </button>
        </p>
      </form>
      {busy && (
        <p role="status">
          {busy.word}… {busy.share < 1 ? percent(busy.share, 0) : "sent, the host works"}{" "}
          <progress max={1} value={busy.share} aria-label={busy.word} />
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
      {check && <CheckResult check={check} project={project} start={start} busy={Boolean(busy)} />}
    </Page>
  );
}
