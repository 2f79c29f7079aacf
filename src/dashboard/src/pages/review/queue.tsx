import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client";
import { by } from "../../api/person";
import { type Problem, problemOf, take } from "../../api/problem";
import type { Correction, RunView } from "../../api/types";
import { count, counted, percent } from "../../format/numbers";
import { Badge } from "../../parts/badge";
import { ByField } from "../../parts/by-field";
import { Empty, Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { readSource, reasons, type Source, type Suspect } from "./sources";

/** What a correction of such a row changes. */
const splits: Record<Suspect["split"], string> = {
  train: "This row is in the training split: models are trained on it.",
  validation: "This row is in the validation split: checkpoints are chosen by it.",
  test: "This row is in the holdout: models are judged by it.",
};

interface QueueProps {
  run: RunView;
  source: Source;
  search: string | undefined;
  corrections: readonly Correction[];
  changed: () => void;
}

/** One row after the other, by keyboard: a number sets the label, space skips, u takes the last decision back. */
export function Queue({ run, source, search, corrections, changed }: QueueProps) {
  const [rows, setRows] = useState<Suspect[]>();
  const [labels, setLabels] = useState<readonly string[]>([]);
  const [next, setNext] = useState<string>();
  const [total, setTotal] = useState<number>();
  const [at, setAt] = useState(0);
  const [done, setDone] = useState<{ row: string; label: string }[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const busy = useRef(false);

  async function read(from: string | undefined): Promise<void> {
    try {
      const page = await readSource(source, run.runId, from, search);
      setRows((before) => [...(from ? (before ?? []) : []), ...page.rows]);
      setTotal(page.total);
      // What was decided on before is passed over: one goes on where one has stopped.
      if (!from)
        setAt(
          Math.max(
            0,
            page.rows.findIndex((row) => !row.corrected),
          ),
        );
      setLabels(page.labels);
      setNext(page.next);
    } catch (error) {
      setProblem(problemOf(error));
    }
  }

  useEffect(() => {
    void read(undefined);
  }, []);

  const row = rows?.[at];
  useEffect(() => {
    if (rows && at >= rows.length - 5 && next) void read(next);
  });

  async function decide(label: string): Promise<void> {
    if (!row || busy.current) return;
    busy.current = true;
    setProblem(undefined);
    try {
      const path = { id: run.runId };
      // Where a person has said otherwise, that the label is right is a decision too.
      if (label !== row.label || row.why === "feedback") {
        take(
          await api.POST("/api/runs/{id}/corrections", {
            params: { path },
            body: { row: row.id, label, by: by(), comment: null },
          }),
        );
        setDone([...done, { row: row.id, label }]);
        changed();
      }
      setAt(at + 1);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      busy.current = false;
    }
  }

  async function undo(): Promise<void> {
    const last = done.at(-1);
    if (!last || busy.current) return;
    busy.current = true;
    try {
      take(
        await api.DELETE("/api/runs/{id}/corrections/{row}", { params: { path: { id: run.runId, row: last.row } } }),
      );
      setDone(done.slice(0, -1));
      const back = rows?.findIndex((one) => one.id === last.row) ?? -1;
      if (back >= 0) setAt(back);
      changed();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      busy.current = false;
    }
  }

  useEffect(() => {
    function press(event: KeyboardEvent): void {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      const label = labels[Number(event.key) - 1];
      if (/^[1-9]$/.test(event.key) && label !== undefined) void decide(label);
      else if (event.key === "u") void undo();
      else if (event.key === " " && target.tagName !== "BUTTON")
        setAt((before) => Math.min(before + 1, rows?.length ?? 0));
      else return;
      event.preventDefault();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });

  if (!rows) return problem ? <ProblemNote problem={problem} /> : <Loading rows={3} />;
  if (rows.length === 0) return <Empty title="There is nothing of this kind to review." />;
  const known = row ? (corrections.find((one) => one.row === row.id) ?? row.corrected) : undefined;
  return (
    <section class="review" aria-label="Review queue">
      <div class="bar">
        <span class="muted">
          {row
            ? `Row ${count(at + 1)} of ${count(total ?? rows.length)}${next && total === undefined ? " or more" : ""}`
            : "The end of the queue"}
          . You have decided {count(done.length)}.
        </span>
        <progress max={total ?? rows.length} value={Math.min(at, total ?? rows.length)} aria-label="Progress" />
        <ByField />
      </div>
      {problem && <ProblemNote problem={problem} />}
      {row ? (
        <article class="card" aria-live="polite">
          <p class="small muted review-why">
            {row.why && `${reasons[row.why]} `}
            {splits[row.split]}
            {row.alike > 0 && ` It stands for ${counted(row.alike, "more row")} with nearly the same text.`}
          </p>
          <p class="review-text" dir="auto">
            {row.text}
          </p>
          <p class="row-answers">
            <span class="answer">
              <span class="muted">label</span> <strong dir="auto">{row.label}</strong>
            </span>
            {row.says.map((one) => (
              <span key={one.name} class="answer">
                <span class="muted">{one.name}</span> <strong dir="auto">{one.label}</strong>
                {one.confidence !== undefined && <span class="muted"> {percent(one.confidence, 0)}</span>}
              </span>
            ))}
            {known && (
              <Badge tone="info">
                corrected to {known.label}
                {known.by ? ` by ${known.by}` : ""}
              </Badge>
            )}
          </p>
          <div class="choices">
            {labels.map((label, index) => (
              <button
                key={label}
                type="button"
                class={
                  label === row.label ? "is-now" : row.says.some((one) => one.label === label) ? "is-suggested" : ""
                }
                onClick={() => decide(label)}
              >
                {index < 9 && <kbd>{index + 1}</kbd>} <span dir="auto">{label}</span>
                {label === row.label && <span class="small muted">current label</span>}
              </button>
            ))}
          </div>
        </article>
      ) : (
        <Empty title="This was the last row." />
      )}
      <p class="small review-keys">
        <button type="button" disabled={!row} onClick={() => setAt(at + 1)}>
          <kbd>space</kbd> Skip
        </button>{" "}
        <button type="button" disabled={done.length === 0} onClick={undo}>
          <kbd>u</kbd> Undo
        </button>
      </p>
    </section>
  );
}
