import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { by } from "../../api/person";
import { take } from "../../api/problem";
import type { RowView } from "../../api/types";
import { ByField } from "../../parts/by-field";
import { Confirm } from "../../parts/dialog";

interface RelabelProps {
  runId: string;
  labels: readonly string[];
  row: RowView;
  close: () => void;
}

/** Corrects the label of one judged row, where it is seen. */
export function Relabel({ runId, labels, row, close }: RelabelProps) {
  const [label, setLabel] = useState(row.first.label ?? row.label);
  const [comment, setComment] = useState("");
  async function act(): Promise<void> {
    take(
      await api.POST("/api/runs/{id}/corrections", {
        params: { path: { id: runId } },
        body: { row: row.id, label, by: by(), comment: comment || null },
      }),
    );
  }
  return (
    <Confirm title="Correct this row's label" action="Keep the correction" close={close} act={act}>
      <p class="clamp" dir="auto">
        {row.text}
      </p>
      <p class="small muted">
        The label is {row.label} now. This row is in the holdout: the correction is kept and changes nothing until
        somebody decides in Review that the holdout changes.
      </p>
      <label class="field">
        <span>The right label</span>
        <select value={label} onChange={(event) => setLabel(event.currentTarget.value)}>
          {labels.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <ByField />
      <label class="field">
        <span>Comment (optional)</span>
        <input value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
      </label>
    </Confirm>
  );
}
