import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { Answer } from "../../api/problem";
import type { Report } from "../../api/types";
import { count, percent } from "../../format/numbers";
import { Curves } from "../../parts/curves";
import { Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";

type Candidate = Report["candidates"][number];
const mostSlices = 24;

/** Of one candidate: slices (worst first), reliability, training curve. From the report, which is read when it is opened. */
export function Details({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>Slices, reliability and training curves</h2>
      </summary>
      {open && <Inner id={id} />}
    </details>
  );
}

function Inner({ id }: { id: string }) {
  const path = { id };
  // The report comes in three forms, of which only this one has a type.
  const live = useLive<Report>(
    `report/${id}`,
    async (headers) =>
      (await api.GET("/api/runs/{id}/report", {
        params: { path, query: { format: "json" } },
        headers,
      })) as Answer<Report>,
    { every: () => undefined },
  );
  const [name, setName] = useState<string>();
  if (!live.data) return live.problem ? <ProblemNote problem={live.problem} again={live.again} /> : <Loading />;
  const judged = live.data.candidates.filter((one) => one.metrics);
  const one = judged.find((candidate) => candidate.name === name) ?? judged[0];
  if (!one) return null;
  return (
    <div class="stack">
      <label class="field small">
        <span>Candidate</span>
        <select value={one.name} onChange={(event) => setName(event.currentTarget.value)}>
          {judged.map((candidate) => (
            <option key={candidate.name} value={candidate.name}>
              {candidate.name}
            </option>
          ))}
        </select>
      </label>
      <div class="columns even">
        <Slices one={one} />
        <Reliability one={one} />
        {one.curve && <Curves curve={one.curve} />}
      </div>
    </div>
  );
}

function Slices({ one }: { one: Candidate }) {
  const slices = [...(one.metrics?.slices ?? [])].sort((a, b) => a.accuracy - b.accuracy).slice(0, mostSlices);
  if (slices.length === 0) return null;
  const overall = one.metrics?.accuracy ?? 0;
  return (
    <div>
      <h3>Slices, the worst first</h3>
      <table class="forest">
        <tbody>
          {slices.map((slice) => (
            <tr key={`${slice.column}/${slice.value}`}>
              <th scope="row" dir="auto">
                <span class="muted">{slice.column}</span> {slice.value}{" "}
                <span class="muted small">{count(slice.rows)}</span>
              </th>
              <td class="forest-plot">
                <span class="forest-all" style={{ left: `${overall * 100}%` }} />
                {slice.intervals.accuracy && (
                  <span
                    class="interval-line"
                    style={{
                      left: `${slice.intervals.accuracy.low * 100}%`,
                      right: `${100 - slice.intervals.accuracy.high * 100}%`,
                    }}
                  />
                )}
                <span class="interval-dot" style={{ left: `${slice.accuracy * 100}%` }} />
              </td>
              <td class="number">{percent(slice.accuracy, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Reliability({ one }: { one: Candidate }) {
  const bins = (one.metrics?.reliability ?? []).filter((bin) => bin.rows > 0);
  if (bins.length === 0) return null;
  const x = (value: number): number => 30 + value * 210;
  const y = (value: number): number => 220 - value * 205;
  return (
    <div>
      <h3>Reliability</h3>
      <svg class="chart square" viewBox="0 0 250 245" role="img" aria-label="How often stated probabilities come true">
        <line class="grid" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        {bins.map((bin) => (
          <g key={bin.from}>
            <line
              class="whisker"
              x1={x(bin.confidence)}
              x2={x(bin.confidence)}
              y1={y(bin.interval.low)}
              y2={y(bin.interval.high)}
            />
            <circle class="dot on" cx={x(bin.confidence)} cy={y(bin.accuracy)} r={3.5}>
              <title>
                {`said ${percent(bin.confidence, 0)}, right ${percent(bin.accuracy, 0)} of ${bin.rows} rows`}
              </title>
            </circle>
          </g>
        ))}
        {[0, 0.5, 1].map((value) => (
          <g key={value}>
            <text class="tick" x={x(value)} y={238} text-anchor="middle">
              {percent(value, 0)}
            </text>
            <text class="tick" x={26} y={y(value) + 4} text-anchor="end">
              {value * 100}
            </text>
          </g>
        ))}
      </svg>
      <p class="small muted">Said (across) against came true (up).</p>
    </div>
  );
}
