import type { Projection } from "../../api/types";
import { usd } from "../../format/numbers";

const height = 300;
const pad = { left: 72, right: 12, top: 12, bottom: 28 };

/** Cost of each day, on a logarithmic scale: the ways differ by orders of magnitude. */
export function CostChart({ view, chosen }: { view: Projection; chosen: number | undefined }) {
  // A chart that is only made smaller has letters that nobody can read.
  const width = window.innerWidth < 700 ? 420 : 900;
  const stride = Math.max(1, Math.floor(view.days.length / 200));
  const days = view.days.filter((_, index) => index % stride === 0 || index === view.days.length - 1);
  const values = days.flatMap((day) => day.usd).filter((value) => value > 0);
  if (values.length === 0) return null;
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const lastDay = days.at(-1)?.day ?? 1;
  const x = (day: number): number => pad.left + ((day - 1) / Math.max(lastDay - 1, 1)) * (width - pad.left - pad.right);
  const y = (value: number): number =>
    pad.top + (1 - (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)) * (height - pad.top - pad.bottom);
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return (
    <svg
      class="chart wide"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="USD a day over time, logarithmic; the table below has the figures"
    >
      {powers.map((power) => (
        <g key={power}>
          <line class="grid" x1={pad.left} x2={width - pad.right} y1={y(power)} y2={y(power)} />
          <text class="tick" x={pad.left - 6} y={y(power) + 4} text-anchor="end">
            {usd(power)}
          </text>
        </g>
      ))}
      {[1, Math.round(lastDay / 2), lastDay].map((day) => (
        <text
          key={day}
          class="tick"
          x={x(day)}
          y={height - 8}
          text-anchor={day === 1 ? "start" : day === lastDay ? "end" : "middle"}
        >
          day {day}
        </text>
      ))}
      {view.options.map((option, index) => (
        <polyline
          key={option.name}
          class={`line series-${index % 6} ${chosen !== undefined && chosen !== index ? "faint" : ""}`}
          points={days.map((day) => `${x(day.day).toFixed(1)},${y(day.usd[index] ?? 0).toFixed(1)}`).join(" ")}
        >
          <title>{option.name}</title>
        </polyline>
      ))}
    </svg>
  );
}
