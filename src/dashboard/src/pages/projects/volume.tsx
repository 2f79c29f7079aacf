import type { ProjectDetail } from "../../api/types";
import { counted, percent } from "../../format/numbers";
import { Bars } from "../../parts/bars";

type Day = ProjectDetail["days"][number];

const shownLabels = 6;
const shownDays = 30;

/** What was asked by day, and the labels that were answered. */
export function Volume({ days }: { days: readonly Day[] }) {
  const ordered = filled(days);
  const totals = ordered.map((day) => sum(Object.values(day.versions), (one) => one.texts));
  const all = totals.reduce((one, other) => one + other, 0);
  if (all === 0) return null;
  const most = Math.max(...totals, 1);
  const shares = new Map<string, number>();
  for (const day of ordered) {
    for (const version of Object.values(day.versions)) {
      for (const [label, asked] of Object.entries(version.labels)) shares.set(label, (shares.get(label) ?? 0) + asked);
    }
  }
  const labels = [...shares].sort((one, other) => other[1] - one[1]);
  const answered = labels.reduce((total, [, asked]) => total + asked, 0);
  return (
    <section class="card" aria-labelledby="volume">
      <h2 id="volume">Asked in the last {shownDays} days</h2>
      <div class="columns even">
        <div class="days" role="img" aria-label={`${counted(all, "text")} in ${counted(ordered.length, "day")}`}>
          {ordered.map((day, index) => (
            <span
              key={day.day}
              class="day"
              style={{ height: `${((totals[index] ?? 0) / most) * 100}%` }}
              title={`${day.day}: ${counted(totals[index] ?? 0, "text")}`}
            />
          ))}
        </div>
        <Bars
          label="Labels that were answered"
          bars={labels.slice(0, shownLabels).map(([name, asked]) => {
            const share = asked / Math.max(answered, 1);
            return { name, share, shown: percent(share, 1) };
          })}
        />
      </div>
      {labels.length > shownLabels && (
        <p class="small muted">and {counted(labels.length - shownLabels, "more label")}</p>
      )}
    </section>
  );
}

/** Every day up to today, oldest first; nothing was asked on those that are not told. */
function filled(days: readonly Day[]): Day[] {
  const told = new Map(days.map((day) => [day.day, day]));
  return Array.from({ length: shownDays }, (_, index) => {
    const day = new Date(Date.now() - (shownDays - 1 - index) * 86_400_000).toISOString().slice(0, 10);
    return told.get(day) ?? { day, versions: {} };
  });
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
