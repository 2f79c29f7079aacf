import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client";
import { type Problem, problemOf, take } from "../../api/problem";
import { ProblemNote } from "../../parts/problem";
import { pathAt, type Schema, suggestions } from "./recipe-path";

const empty = "{\n  \n}\n";

/** The project's recipe with completion from the API's own schema; it is checked when it is kept, and errors name their place. */
export function RecipeEditor({ project }: { project: string }) {
  const [text, setText] = useState<string>();
  const [etag, setEtag] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [saved, setSaved] = useState(false);
  const [caret, setCaret] = useState(0);
  const [schemas, setSchemas] = useState<Record<string, Schema>>();
  const area = useRef<HTMLTextAreaElement>(null);

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
      const line = told.location?.line;
      if (line && area.current && text !== undefined) {
        const start =
          text
            .split("\n")
            .slice(0, line - 1)
            .join("\n").length + (line > 1 ? 1 : 0);
        area.current.focus();
        area.current.setSelectionRange(start, start + (text.split("\n")[line - 1]?.length ?? 0));
      }
    }
  }

  function insert(name: string): void {
    if (text === undefined || !area.current) return;
    const typed = /"?[A-Za-z]*$/.exec(text.slice(0, caret))?.[0] ?? "";
    const next = `${text.slice(0, caret - typed.length)}"${name}": ${text.slice(caret)}`;
    const at = caret - typed.length + name.length + 4;
    setText(next);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  }

  if (text === undefined) return problem ? <ProblemNote problem={problem} /> : null;
  const offered = schemas ? suggestions(schemas, pathAt(text, caret), text, caret) : [];
  return (
    <section class="card" aria-labelledby="recipe">
      <div class="bar">
        <h2 id="recipe">Recipe</h2>
        {saved && (
          <span class="good-text" role="status">
            Kept. It counts from the next drop on.
          </span>
        )}
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
            onInput={(event) => {
              setText(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart);
              setSaved(false);
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
        {problem && <ProblemNote problem={problem} />}
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
