import type { RefusedDrop } from "../../api/types";
import { counted } from "../../format/numbers";
import { Ago } from "../../parts/time";

/** Files that lie in the container and have started no run, each with the reason. */
export function RefusedNotes({ drops }: { drops: readonly RefusedDrop[] }) {
  if (drops.length === 0) return null;
  return (
    <section class="note warn" aria-label="Refused drops">
      <p>
        <strong>{counted(drops.length, "file")} could not start a run</strong>
      </p>
      <ul class="plain">
        {drops.map((drop) => (
          <li key={drop.drop}>
            <code>{drop.drop}</code> <span dir="auto">{drop.failure.message}</span>{" "}
            {drop.failure.remedy && <span class="muted">{drop.failure.remedy}</span>} <Ago at={drop.at} />
          </li>
        ))}
      </ul>
    </section>
  );
}
