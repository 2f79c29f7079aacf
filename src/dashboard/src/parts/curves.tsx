import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Report } from "../api/types";
import { counted } from "../format/numbers";

type Curve = NonNullable<Report["candidates"][number]["curve"]>;

/** A training curve: loss and accuracy by step, as the report has smoothed them. */
export function Curves({ curve }: { curve: Curve }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const points = curve.points;
    const axis = {
      stroke: color("--muted"),
      grid: { stroke: color("--line"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui",
    };
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: 240,
        cursor: { y: false },
        scales: { x: { time: false } },
        axes: [axis, { ...axis, size: 44 }],
        hooks: { draw: [(drawn) => drawCheckpoints(drawn, curve, color("--muted"))] },
        series: [
          { label: "step" },
          { label: "training loss", stroke: color("--accent"), width: 1.5, spanGaps: true },
          { label: "validation loss", stroke: color("--warn"), width: 1.5, spanGaps: true },
        ],
      },
      [
        points.map((point) => point.step),
        points.map((point) => point.smooth.trainLoss ?? null),
        points.map((point) => point.smooth.validLoss ?? null),
      ],
      element,
    );
    const resize = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: 240 }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
    };
  }, [curve]);
  return (
    <div>
      <h3>Training</h3>
      <div ref={box} />
      <p class="small muted" dir="auto">
        {curve.diagnosis.words}
        {curve.checkpoints.length > 0 && ` Dashed: ${counted(curve.checkpoints.length, "checkpoint")}.`}
      </p>
    </div>
  );
}

/** A dashed line at the step of each checkpoint. */
function drawCheckpoints(drawn: uPlot, curve: Curve, color: string): void {
  const { ctx, bbox } = drawn;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.setLineDash([4, 4]);
  for (const { step } of curve.checkpoints) {
    const x = Math.round(drawn.valToPos(step, "x", true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
