import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { by } from "../../api/person";
import { take } from "../../api/problem";
import type { Correction, HoldoutDecision, RunView } from "../../api/types";
import { counted } from "../../format/numbers";
import { ByField } from "../../parts/by-field";
import { Confirm } from "../../parts/dialog";
import { Time } from "../../parts/time";

interface HoldoutProps {
  run: RunView;
  corrections: readonly Correction[];
}

/** The rows that judge change by a decision of its own: by whom, why, and from the next run on. */
export function HoldoutDecisions({ run, corrections }: HoldoutProps) {
  const path = { project: run.project };
  const live = useLive(
    `holdout/${run.project}`,
    (headers) => api.GET("/api/projects/{project}/holdout", { params: { path }, headers }),
    { every: () => undefined },
  );
  const [asking, setAsking] = useState(false);
  const [back, setBack] = useState<HoldoutDecision>();
  const decisions = live.data?.decisions ?? [];
  const stands = new Map(
    decisions.flatMap((one) => Object.entries(one.labels).map(([text, label]) => [text, label.label] as const)),
  );
  const open = corrections.filter((one) => !one.joins && (stands.get(textOf(one.row)) ?? one.earlier) !== one.label);
  if (open.length === 0 && decisions.length === 0) return null;
  return (
    <section class="card narrow-card" aria-labelledby="holdout">
      <h2 id="holdout">Labels of the holdout</h2>
      {open.length > 0 && (
        <p>
          {counted(open.length, "correction")} of holdout rows {open.length === 1 ? "is" : "are"} waiting for a
          decision.{" "}
          <button type="button" onClick={() => setAsking(true)}>
            Change the holdout
          </button>
        </p>
      )}
      {decisions.length > 0 && (
        <ul class="plain">
          {decisions.map((one) => (
            <li key={one.id}>
              <span dir="auto">{one.by}</span> changed {counted(Object.keys(one.labels).length, "label")} on{" "}
              <Time at={one.at} />. Reason: <span dir="auto">{one.reason}</span>{" "}
              <button type="button" class="quiet tiny" onClick={() => setBack(one)}>
                take back<span class="sr"> the decision of {one.by}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {asking && <Decide run={run} rows={open.length} close={() => setAsking(false)} done={live.again} />}
      {back && (
        <Confirm
          title="Take this decision back"
          action="Take it back"
          danger
          close={() => setBack(undefined)}
          act={async () => {
            const params = { path: { ...path, decision: back.id } };
            take(await api.DELETE("/api/projects/{project}/holdout/{decision}", { params }));
            live.again();
          }}
        >
          <p>
            From the next run on, models are judged by the labels of the dropped files again. Reports that were made
            under this decision stay as they are.
          </p>
        </Confirm>
      )}
    </section>
  );
}

interface DecideProps {
  run: RunView;
  rows: number;
  close: () => void;
  done: () => void;
}

function Decide({ run, rows, close, done }: DecideProps) {
  const [reason, setReason] = useState("");
  async function act(): Promise<void> {
    take(
      await api.POST("/api/projects/{project}/holdout", {
        params: { path: { project: run.project } },
        body: { runId: run.runId, by: by(), reason },
      }),
    );
    done();
  }
  return (
    <Confirm title="Change the holdout" action="Change it" close={close} act={act}>
      <p>
        From the next run on, {counted(rows, "label")} of the holdout of {run.project} {rows === 1 ? "is" : "are"}{" "}
        changed to what the corrections say. Scores from before and after are not the same exam, so every report that is
        measured on the changed holdout says so, with your name and reason.
      </p>
      <ByField />
      <label class="field">
        <span>Reason</span>
        <input value={reason} required onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
    </Confirm>
  );
}

/** A row's id without the number that tells rows of one text and several labels apart. */
function textOf(row: string): string {
  return row.split("-")[0] ?? row;
}
