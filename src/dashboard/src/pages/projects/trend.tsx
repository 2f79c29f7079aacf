import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { TrendView } from "../../api/types";
import { count, counted, percent } from "../../format/numbers";
import { moment } from "../../format/times";
import { to } from "../../parts/link";
import { Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";

const width = 460;
const height = 180;

/** The project's champions over time, on the rows that judged all of them. */
export function Trend({ project }: { project: string }) {
  const live = useLive(
    `trend/${project}`,
    (headers) => api.GET("/api/projects/{project}/trend", { params: { path: { project } }, headers }),
    { every: () => 60_000 },
  );
  if (live.problem && !live.data) return <ProblemNote problem={live.problem} again={live.again} />;
  if (live.data?.versions.length === 0) return null;
  return (
    <section class="card" aria-labelledby="trend">
      <h2 id="trend">Champions over time</h2>
      {live.data ? <TrendChart view={live.data} /> : <Loading rows={4} />}
      <p class="small muted">
        {!live.data
          ? "…"
          : live.data.commonRows > 0
            ? `Filled: on the ${count(live.data.commonRows)} rows that judged all of them, with intervals at 95 %. Hollow: on each run's own holdout.`
            : live.data.versions.length > 1
              ? "Each on its own run's holdout: they share too few rows to be compared. The split method stable keeps a text in its split."
              : `On the ${counted(live.data.versions[0]?.rows ?? 0, "row")} of its run's holdout.`}
      </p>
    </section>
  );
}

function TrendChart({ view }: { view: TrendView }) {
  const points = view.versions;
  const values = points.flatMap((one) => [one.accuracy, one.low ?? one.accuracy, one.high ?? one.accuracy]);
  const low = Math.max(0, Math.min(...values) - 0.02);
  const high = Math.min(1, Math.max(...values) + 0.02);
  const x = (index: number): number => 56 + (points.length === 1 ? 0.5 : index / (points.length - 1)) * (width - 92);
  const y = (value: number): number => 14 + (1 - (value - low) / Math.max(high - low, 1e-9)) * (height - 50);
  const common = points.flatMap((one, index) =>
    one.commonAccuracy != null ? [`${x(index)},${y(one.commonAccuracy)}`] : [],
  );
  return (
    <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="group" aria-label="Accuracy of each champion">
      {[low, (low + high) / 2, high].map((value) => (
        <g key={value}>
          <line class="grid" x1={48} x2={width - 14} y1={y(value)} y2={y(value)} />
          <text class="tick" x={44} y={y(value) + 4} text-anchor="end">
            {percent(value, 0)}
          </text>
        </g>
      ))}
      {common.length > 1 && <polyline class="frontier" points={common.join(" ")} />}
      {points.map((one, index) => {
        const own = `v${one.version} ${one.candidate}, ${moment(one.promotedAt)}: ${percent(one.accuracy)} on its own ${count(one.rows)} rows`;
        const told =
          one.commonAccuracy != null
            ? `${own}, ${percent(one.commonAccuracy)} on the ${count(view.commonRows)} common ones`
            : own;
        return (
          <g key={one.version}>
            <a href={to.compare(one.runId)} aria-label={told}>
              <circle class="dot hollow" cx={x(index)} cy={y(one.accuracy)} r={4.5}>
                <title>{told}</title>
              </circle>
              {one.commonAccuracy != null && (
                <>
                  <line class="whisker" x1={x(index)} x2={x(index)} y1={y(one.low ?? 0)} y2={y(one.high ?? 1)} />
                  <circle class="dot on" cx={x(index)} cy={y(one.commonAccuracy)} r={4.5}>
                    <title>{told}</title>
                  </circle>
                </>
              )}
            </a>
            <text class="tick" x={x(index)} y={height - 12} text-anchor="middle">
              v{one.version}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
