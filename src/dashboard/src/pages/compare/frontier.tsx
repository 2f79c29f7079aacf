import type { Comparison } from "../../api/types";
import { usd } from "../../format/numbers";
import { score } from "../../format/scores";

const width = 460;
const height = 260;
const pad = { left: 58, right: 16, top: 14, bottom: 34 };

/** Score against price; the line joins those that none beats in both. */
export function FrontierChart({ view }: { view: Comparison }) {
  const column = view.scores[0];
  if (!column) return null;
  const points = view.candidates.flatMap((one) => {
    const value = one.cells[0]?.value;
    return value != null && one.usdPerThousand != null ? [{ name: one.name, price: one.usdPerThousand, value }] : [];
  });
  if (points.length === 0) return null;
  const most = Math.max(...points.map((point) => point.price));
  const values = points.map((point) => point.value);
  const slack = Math.max((Math.max(...values) - Math.min(...values)) * 0.2, 0.005);
  const [low, high] = [Math.min(...values) - slack, Math.max(...values) + slack];
  const x = (price: number): number =>
    pad.left + (price / Math.max(most * 1.08, 1e-9)) * (width - pad.left - pad.right);
  const y = (value: number): number => pad.top + (1 - (value - low) / (high - low)) * (height - pad.top - pad.bottom);
  const line = view.frontier.flatMap((name) => points.find((point) => point.name === name) ?? []);
  const isBeaten = points.some((point) => !view.frontier.includes(point.name));
  const labels = spread(points.map((point) => ({ ...point, at: y(point.value) })));
  return (
    <section class="card" aria-labelledby="frontier">
      <h2 id="frontier" class="sentence">
        {column.title} against price
      </h2>
      <svg
        class="chart"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${column.title} against USD for 1,000 predictions`}
      >
        {[low + slack / 2, (low + high) / 2, high - slack / 2].map((value) => (
          <g key={value}>
            <line class="grid" x1={pad.left} x2={width - pad.right} y1={y(value)} y2={y(value)} />
            <text class="tick" x={pad.left - 6} y={y(value) + 4} text-anchor="end">
              {score(column, value)}
            </text>
          </g>
        ))}
        {(most > 0 ? [0, most / 2, most] : [0]).map((price) => (
          <text key={price} class="tick" x={x(price)} y={height - 12} text-anchor="middle">
            {usd(price)}
          </text>
        ))}
        <polyline class="frontier" points={line.map((point) => `${x(point.price)},${y(point.value)}`).join(" ")} />
        {labels.map((point) => {
          const on = view.frontier.includes(point.name);
          const isRight = x(point.price) > width * 0.65;
          return (
            <g key={point.name}>
              <circle class={on ? "dot on" : "dot"} cx={x(point.price)} cy={y(point.value)} r={on ? 5 : 4} />
              <text
                class="label"
                x={x(point.price) + (isRight ? -9 : 9)}
                y={point.labelAt + 4}
                text-anchor={isRight ? "end" : "start"}
              >
                {point.name}
              </text>
            </g>
          );
        })}
      </svg>
      <p class="small muted">
        Across is the price of 1,000 predictions in USD. On the line are the candidates that no other beats in both:{" "}
        {view.frontier.join(", ")}.{isBeaten && " Every other candidate is beaten in both."}
      </p>
    </section>
  );
}

/** Labels that would lie on each other move apart. */
function spread<T extends { at: number }>(points: T[]): (T & { labelAt: number })[] {
  let last = Number.NEGATIVE_INFINITY;
  return [...points]
    .sort((one, other) => one.at - other.at)
    .map((point) => {
      const labelAt = Math.max(point.at, last + 14);
      last = labelAt;
      return { ...point, labelAt };
    });
}
