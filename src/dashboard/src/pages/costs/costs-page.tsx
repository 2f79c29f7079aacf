import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { count, usd } from "../../format/numbers";
import { Badge } from "../../parts/badge";
import { Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { useQuery } from "../../parts/query";
import { CostChart } from "./cost-chart";

/** What five ways of running a service cost while its volume grows. */
export function CostsPage() {
  const [query, change] = useQuery();
  const asked = { volume: query.volume || "10000", growth: query.growth || "0.01", days: query.days || "365" };
  const live = useLive(
    JSON.stringify(asked),
    (headers) => api.GET("/api/costs/projection", { params: { query: asked }, headers }),
    { every: () => undefined, keep: true },
  );
  const [chosen, setChosen] = useState<number>();
  const view = live.data;
  const last = view?.days.at(-1);
  return (
    <Page
      title="Costs"
      below="What the same classifier costs as a service, by who runs it."
      aside={
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Figure name="Calls on the first day" value={asked.volume} change={(value) => change({ volume: value })} />
          <Figure
            name="Growth a day (share)"
            value={asked.growth}
            step="0.005"
            change={(value) => change({ growth: value })}
          />
          <Figure name="Days" value={asked.days} change={(value) => change({ days: value })} />
        </form>
      }
    >
      {live.problem && <ProblemNote problem={live.problem} again={live.again} />}
      {!view && !live.problem && <Loading />}
      {view && last && (
        <div class="stack">
          <CostChart view={view} chosen={chosen} />
          <div class="scroll">
            <table class="list">
              <thead>
                <tr>
                  <th class="grow">Way</th>
                  <th class="number">1,000 calls</th>
                  <th class="number">Fixed a day</th>
                  <th class="number">Before the first call</th>
                  <th class="number">Last day</th>
                  <th class="number">All {count(view.days.length)} days</th>
                </tr>
              </thead>
              <tbody>
                {view.options.map((option, index) => (
                  <tr key={option.name} onMouseEnter={() => setChosen(index)} onMouseLeave={() => setChosen(undefined)}>
                    <td class="grow">
                      <span class={`swatch series-${index % 6}`} /> <strong>{option.name}</strong>{" "}
                      {option.name === view.cheapest && <Badge tone="good">cheapest in all</Badge>}
                      {option.description && <div class="small muted">{option.description}</div>}
                    </td>
                    <td class="number">{usd(option.usdPer1000)}</td>
                    <td class="number">{usd(option.usdPerDay)}</td>
                    <td class="number">{usd(option.fixedUsd)}</td>
                    <td class="number">{usd(last.usd[index] ?? 0)}</td>
                    <td class="number">{usd(last.spentUsd[index] ?? 0)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="small muted">
            {count(view.volume)} calls on the first day, {count(last.calls)} on the last. A run's report shows the same
            for its own candidates, with what their evaluation has measured.
          </p>
        </div>
      )}
    </Page>
  );
}

function Figure({
  name,
  value,
  step,
  change,
}: {
  name: string;
  value: string;
  step?: string;
  change: (value: string) => void;
}) {
  return (
    <label class="field small">
      <span>{name}</span>
      <input
        type="number"
        min="0"
        step={step ?? "1"}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
      />
    </label>
  );
}
