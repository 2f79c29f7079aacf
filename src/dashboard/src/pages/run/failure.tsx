import type { Failure } from "../../api/types";

/** Why something ended, and what to do. */
export function FailureNote({ failure }: { failure: Failure }) {
  return (
    <div class="note bad">
      <p dir="auto">
        <strong>{failure.message}</strong>
      </p>
      {failure.field && <p class="small">Field {failure.field}</p>}
      {failure.remedy && <p dir="auto">{failure.remedy}</p>}
    </div>
  );
}
