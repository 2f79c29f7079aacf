import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client";
import { type Problem, problemOf, take } from "../../api/problem";
import { counted } from "../../format/numbers";
import { ProblemNote } from "../../parts/problem";
import { useRecipeCheck } from "./recipe-check";
import { pathAt, type Schema, suggestions } from "./recipe-path";
import { RecipeProblems } from "./recipe-problems";

const empty = "{\n  \n}\n";

/** The project's recipe with completion from the API's own schema. It is checked while one types, as it will be when it is kept. */
export function RecipeEditor({ project }: { project: string }) {
  const [text, setText] = useState<string>();
  const [etag, setEtag] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [saved, setSaved] = useState(false);
  const [caret, setCaret] = useState(0);
  const [schemas, setSchemas] = useState<Record<string, Schema>>();
  const area = useRef<HTMLTextAreaElement>(null);
  const check = useRecipeCheck(text);

  useEffect(() => {
    void (async () => {
      const answer = await api.GET("/api/projects/{project}/recipe", {
        params: { path: { project } },
        parseAs: "text",
      });
      if (answer.response.ok) {
        setText(answer.data as unknown as string);
        setEtag(answer.response.headers.get("ETag") ?? undefined);
      } else if (answer.response.status === 404) {
        setText(empty);
      } else {
        setProblem(problemOf(answer.error));
      }
    })().catch((error) => setProblem(problemOf(error)));
    void api.GET("/api/openapi.json", {}).then(({ data }) => {
      const document = data as unknown as { components?: { schemas?: Record<string, Schema> } } | undefined;
      setSchemas(document?.components?.schemas);
    });
  }, [project]);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    setProblem(undefined);
    setSaved(false);
    try {
      const answer = await api.PUT("/api/projects/{project}/recipe", {
        params: { path: { project }, header: etag ? { "If-Match": etag } : {} },
        body: text as never,
        bodySerializer: (body) => body as unknown as string,
      });
      take(answer);
      setEtag(answer.response.headers.get("ETag") ?? undefined);
      setSaved(true);
    } catch (error) {
      const told = problemOf(error);
      setProblem(told);
      if (told.location?.line) select(told.location.line);
    }
  }

  /** Marks a line, so that it is seen and can be written over. */
  function select(line: number): void {
    if (!area.current || text === undefined) return;
    const lines = text.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current.focus();
    area.current.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  }

  function insert(name: string): void {
    if (text === undefined || !area.current) return;
    const typed = /"?[A-Za-z]*$/.exec(text.slice(0, caret))?.[0] ?? "";
    setText(`${text.slice(0, caret - typed.length)}"${name}": ${text.slice(caret)}`);
    const at = caret - typed.length + name.length + 4;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  }

  if (text === undefined) return problem ? <ProblemNote problem={problem} /> : null;
  const offered = schemas ? suggestions(schemas, pathAt(text, caret), text, caret) : [];
  const faults = check?.problems ?? [];
  return (
    <section class="card" aria-labelledby="recipe">
      <div class="bar">
        <h2 id="recipe">Recipe</h2>
        <span role="status">
          {saved ? (
            <span class="good-text">Kept. It counts from the next drop on.</span>
          ) : check ? (
            faults.length === 0 ? (
              <span class="good-text">No error</span>
            ) : (
              <span class="bad-text">{counted(faults.length, "error")}</span>
            )
          ) : null}
        </span>
      </div>
      <form onSubmit={save} class="stack">
        <label>
          <span class="sr">Recipe (JSON)</span>
          <textarea
            ref={area}
            class="mono editor"
            rows={Math.min(28, Math.max(8, text.split("\n").length + 1))}
            spellcheck={false}
            value={text}
            aria-invalid={faults.length > 0}
            onInput={(event) => {
              setText(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart);
              setSaved(false);
              setProblem(undefined);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          />
        </label>
        {offered.length > 0 && (
          <p class="small offered">
            <span class="muted">Here:</span>{" "}
            {offered.map((name) => (
              <button key={name} type="button" class="tiny" onClick={() => insert(name)}>
                {name}
              </button>
            ))}
          </p>
        )}
        <RecipeProblems problems={faults} select={select} />
        {problem && faults.length === 0 && <ProblemNote problem={problem} />}
        <p>
          <button type="submit" class="primary">
            Check and keep
          </button>{" "}
          <span class="small muted">Kept as you write it. Every property is told in docs/recipe.md.</span>
        </p>
      </form>
    </section>
  );
}
