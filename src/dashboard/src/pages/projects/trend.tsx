import type { RunView } from "../../api/types";
import { percent } from "../../format/numbers";
import { moment } from "../../format/times";
import { to } from "../../parts/link";

const width = 460;
const height = 170;

/** The best judged accuracy of each run, oldest first. Runs with other holdouts are not the same exam: it says so. */
export function Trend({ runs }: { runs: readonly RunView[] }) {
  const points = [...runs].reverse().flatMap((run) => {
    const judged = run.candidates.flatMap(({ record }) =>
      record.accuracy != null ? [{ name: record.name, accuracy: record.accuracy }] : [],
    );
    const best = judged.reduce<(typeof judged)[number] | undefined>(
      (top, one) => (top && top.accuracy >= one.accuracy ? top : one),
      undefined,
    );
    return best ? [{ run, ...best }] : [];
  });
  if (points.length === 0) return null;
  const values = points.map((point) => point.accuracy);
  const low = Math.max(0, Math.min(...values) - 0.05);
  const high = Math.min(1, Math.max(...values) + 0.05);
  const x = (index: number): number => 52 + (points.length === 1 ? 0.5 : index / (points.length - 1)) * (width - 80);
  const y = (value: number): number => 14 + (1 - (value - low) / Math.max(high - low, 1e-9)) * (height - 40);
  return (
    <section class="card" aria-labelledby="trend">
      <h2 id="trend">Accuracy over runs</h2>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="group" aria-label="The best accuracy of each run">
        {[low, (low + high) / 2, high].map((value) => (
          <g key={value}>
            <line class="grid" x1={44} x2={width - 14} y1={y(value)} y2={y(value)} />
            <text class="tick" x={40} y={y(value) + 4} text-anchor="end">
              {percent(value, 0)}
            </text>
          </g>
        ))}
        <polyline
          class="frontier"
          points={points.map((point, index) => `${x(index)},${y(point.accuracy)}`).join(" ")}
        />
        {points.map((point, index) => (
          <a
            key={point.run.runId}
            href={to.run(point.run.runId)}
            aria-label={`${point.name}, ${percent(point.accuracy)}, ${moment(point.run.startedAt)}`}
          >
            <circle class="dot on" cx={x(index)} cy={y(point.accuracy)} r={4.5}>
              <title>{`${point.name}: ${percent(point.accuracy)}, ${moment(point.run.startedAt)}`}</title>
            </circle>
          </a>
        ))}
      </svg>
      <p class="small muted">The best candidate of each run on that run's own holdout, which may be another one.</p>
    </section>
  );
}
