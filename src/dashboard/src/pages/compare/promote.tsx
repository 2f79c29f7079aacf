import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { by } from "../../api/person";
import { take } from "../../api/problem";
import type { ComparedCandidate, Comparison } from "../../api/types";
import { percent } from "../../format/numbers";
import { ByField } from "../../parts/by-field";
import { Confirm } from "../../parts/dialog";

/** Promotes a judged candidate by a person's decision, whatever the rule said. */
export function Promote({
  view,
  one,
  close,
  done,
}: {
  view: Comparison;
  one: ComparedCandidate;
  close: () => void;
  done: () => void;
}) {
  const [reason, setReason] = useState("");
  const accuracy = one.cells[view.scores.findIndex((column) => column.score === "accuracy")]?.value;
  return (
    <Confirm
      title={`Promote ${one.name}`}
      action="Promote"
      close={close}
      act={async () => {
        take(
          await api.POST("/api/projects/{project}/models/promote", {
            params: { path: { project: view.project } },
            body: { runId: view.runId, candidate: one.name, by: by(), reason: reason || null },
          }),
        );
        done();
      }}
    >
      <p>
        {one.name}
        {accuracy != null ? ` (${percent(accuracy)})` : ""} becomes the champion of {view.project} and answers from now
        on. The current champion is kept, and you can roll back to it.{" "}
        {view.verdict.candidate === one.name
          ? "The rule says the same."
          : "The recipe's rule says otherwise; this is your decision."}
      </p>
      <ByField />
      <label class="field">
        <span>Reason (optional)</span>
        <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
    </Confirm>
  );
}
