import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { ProviderView } from "../../api/types";
import { counted } from "../../format/numbers";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { Empty, Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { ServicePage } from "../../parts/service-link";

const shownModels = 8;
/** Days: as many as a night retrains ahead of a model's end, unless a recipe says otherwise (retrain.dyingDays). */
const warnDays = 30;

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
          <p>
            Linear models and encoders need none: they are trained on this machine. docs/providers.md explains how to
            add a service.
          </p>
        </Empty>
      )}
      <div class="columns even">
        {live.data.providers.map((provider) => (
          <Provider key={provider.name} provider={provider} />
        ))}
      </div>
      {live.data.providers.length > 0 && (
        <p class="small muted">
          The ends of models were last checked on {live.data.asOf}. {live.data.source}
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
        {!provider.trains && <Badge tone="quiet">no fine-tuning</Badge>}
      </h3>
      <p class="small muted">
        Profile: {provider.profile}
        {provider.page && (
          <>
            {" · "}
            <ServicePage page={provider.page}>Jobs at the service</ServicePage>
          </>
        )}
      </p>
      {provider.champions.map((one) => (
        <p key={one.project} class={one.daysLeft != null && one.daysLeft <= warnDays ? "note warn" : "small"}>
          <a href={to.project(one.project)}>{one.project}</a> v{one.version} is served from{" "}
          <span class="mono">{one.baseModel}</span>. Time left: <Left days={one.daysLeft} day={one.endsOn} />
        </p>
      ))}
      {ending.length > 0 && (
        <table class="list">
          <thead>
            <tr>
              <th>Model</th>
              <th class="number">Can be trained for</th>
              <th class="number">Can be asked for</th>
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
                    <span class="muted">cannot be trained</span>
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
      {ending.length > shownModels && (
        <p class="small muted">and {counted(ending.length - shownModels, "more model")}</p>
      )}
      {lasting > 0 && <p class="small muted">No end has been announced for {counted(lasting, "other model")}.</p>}
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
    <span class={days <= warnDays ? "warn-text" : undefined} title={day ?? undefined}>
      {counted(days, "day")}
    </span>
  );
}
