import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { Comparison } from "../../api/types";
import { percent, usd } from "../../format/numbers";
import { ProblemNote } from "../../parts/problem";

/** A small model first, a large one where it is not sure: what each threshold would give. */
export function CascadeSection({ view }: { view: Comparison }) {
  const judged = view.candidates.filter((one) => one.cells.length > 0);
  const byPrice = [...judged].sort((one, other) => (one.usdPerThousand ?? 0) - (other.usdPerThousand ?? 0));
  const [small, setSmall] = useState(byPrice[0]?.name ?? "");
  const [large, setLarge] = useState(judged.find((one) => one.name !== byPrice[0]?.name)?.name ?? "");
  const [at, setAt] = useState(0);
  const path = { id: view.runId };
  const live = useLive(
    `${view.runId}/${small}/${large}`,
    (headers) => api.GET("/api/runs/{id}/cascade", { params: { path, query: { small, large } }, headers }),
    { every: () => undefined },
  );
  const points = live.data?.points ?? [];
  const point = points[Math.min(at, points.length - 1)];
  return (
    <section class="card" aria-labelledby="cascade">
      <h2 id="cascade">Two models in a row</h2>
      <div class="bar start">
        <Choice name="First" value={small} all={judged.map((one) => one.name)} choose={setSmall} />
        <Choice name="Then, where it is not sure" value={large} all={judged.map((one) => one.name)} choose={setLarge} />
      </div>
      {live.problem && <ProblemNote problem={live.problem} />}
      {point && (
        <>
          <label class="field slider">
            <span>
              {point.passed >= 1
                ? "Always ask the second"
                : point.passed === 0
                  ? "The first alone"
                  : `The first answers where it is at least ${percent(point.threshold, 0)} sure`}
            </span>
            <input
              type="range"
              min={0}
              max={points.length - 1}
              value={at}
              onInput={(event) => setAt(Number(event.currentTarget.value))}
            />
          </label>
          <dl class="facts">
            <dt>Accuracy</dt>
            <dd>{percent(point.accuracy)}</dd>
            <dt>1,000 calls</dt>
            <dd>{usd(point.usdPerThousand)}</dd>
            <dt>Asked twice</dt>
            <dd>{percent(point.passed, 1)} of the texts</dd>
          </dl>
          <Sketch points={points} at={Math.min(at, points.length - 1)} />
          <p class="small muted">
            Chosen on the rows that it is judged by, a threshold looks a little better than it is.
          </p>
        </>
      )}
    </section>
  );
}

interface ChoiceProps {
  name: string;
  value: string;
  all: readonly string[];
  choose: (value: string) => void;
}

function Choice({ name, value, all, choose }: ChoiceProps) {
  return (
    <label class="field small">
      <span>{name}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {all.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

function Sketch({ points, at }: { points: readonly { accuracy: number; passed: number }[]; at: number }) {
  const low = Math.min(...points.map((point) => point.accuracy));
  const high = Math.max(...points.map((point) => point.accuracy), low + 0.001);
  const x = (passed: number): number => 4 + passed * 292;
  const y = (accuracy: number): number => 56 - ((accuracy - low) / (high - low)) * 48;
  const chosen = points[at];
  return (
    <svg class="chart sketch" viewBox="0 0 300 62" role="img" aria-label="Accuracy by the share of texts asked twice">
      <polyline class="frontier" points={points.map((point) => `${x(point.passed)},${y(point.accuracy)}`).join(" ")} />
      {chosen && <circle class="dot on" cx={x(chosen.passed)} cy={y(chosen.accuracy)} r={4} />}
    </svg>
  );
}
