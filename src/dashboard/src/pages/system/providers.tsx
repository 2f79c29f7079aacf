import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { ProviderView } from "../../api/types";
import { counted } from "../../format/numbers";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { Empty, Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";

const shownModels = 8;
const soon = 90;

/** The configured services, and how long what stands on them lasts. */
export function Providers() {
  const live = useLive("providers", (headers) => api.GET("/api/providers", { headers }), { every: () => 60_000 });
  if (!live.data)
    return live.problem ? <ProblemNote problem={live.problem} again={live.again} /> : <Loading rows={3} />;
  return (
    <section class="stack" aria-labelledby="providers">
      <h2 id="providers">Providers</h2>
      {live.data.providers.length === 0 && (
        <Empty title="No provider is configured.">
          <p>Models of our own work without one. docs/providers.md tells how to add a service.</p>
        </Empty>
      )}
      <div class="columns even">
        {live.data.providers.map((provider) => (
          <Provider key={provider.name} provider={provider} />
        ))}
      </div>
      {live.data.providers.length > 0 && (
        <p class="small muted">
          Ends of models as of {live.data.asOf}. {live.data.source}
        </p>
      )}
    </section>
  );
}

function Provider({ provider }: { provider: ProviderView }) {
  const ending = provider.models
    .filter((model) => model.daysLeft != null || model.trainingDaysLeft != null)
    .sort((one, other) => Number(hasEnded(one)) - Number(hasEnded(other)));
  const lasting = provider.models.length - ending.length;
  return (
    <article class="card">
      <h3 class="card-title">
        {provider.name} {provider.isDefault && <Badge tone="info">default</Badge>}{" "}
        {provider.simulated && <Badge tone="quiet">simulated</Badge>}{" "}
        {!provider.trains && <Badge tone="quiet">asks only</Badge>}
      </h3>
      <p class="small muted">Spoken to as {provider.profile}</p>
      {provider.champions.map((one) => (
        <p key={one.project} class={one.daysLeft != null && one.daysLeft <= soon ? "note warn" : "small"}>
          <a href={to.project(one.project)}>{one.project}</a> v{one.version} stands on{" "}
          <span class="mono">{one.baseModel}</span>: <Left days={one.daysLeft} day={one.endsOn} />
        </p>
      ))}
      {ending.length > 0 && (
        <table class="list">
          <thead>
            <tr>
              <th>Model</th>
              <th class="number">Trains for</th>
              <th class="number">Answers for</th>
            </tr>
          </thead>
          <tbody>
            {ending.slice(0, shownModels).map((model) => (
              <tr key={model.model}>
                <td class="mono" title={model.note ?? undefined}>
                  {model.model}
                </td>
                <td class="number">
                  {model.trains || model.trainingDaysLeft != null ? (
                    <Left days={model.trainingDaysLeft} day={model.trainingEnds} />
                  ) : (
                    <span class="muted">not trained</span>
                  )}
                </td>
                <td class="number">
                  <Left days={model.daysLeft} day={model.ends} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {ending.length > shownModels && <p class="small muted">and {ending.length - shownModels} more</p>}
      {lasting > 0 && <p class="small muted">{counted(lasting, "model")} without an announced end</p>}
    </article>
  );
}

/** What has ended concerns nobody who is about to choose. */
function hasEnded(model: ProviderView["models"][number]): boolean {
  return model.daysLeft != null && model.daysLeft <= 0;
}

function Left({ days, day }: { days?: number | null | undefined; day?: string | null | undefined }) {
  if (days == null) return <span class="muted">no end announced</span>;
  if (days <= 0) {
    return (
      <span class="bad-text" title={day ?? undefined}>
        ended
      </span>
    );
  }
  return (
    <span class={days <= soon ? "warn-text" : undefined} title={day ?? undefined}>
      {counted(days, "day")}
    </span>
  );
}
