import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { by } from "../../api/person";
import { take } from "../../api/problem";
import type { ChampionVersion } from "../../api/types";
import { count, percent, usd } from "../../format/numbers";
import { kinds } from "../../format/words";
import { Badge } from "../../parts/badge";
import { ByField } from "../../parts/by-field";
import { Confirm } from "../../parts/dialog";
import { to } from "../../parts/link";
import { Empty } from "../../parts/page";
import { Ago } from "../../parts/time";

interface VersionsProps {
  project: string;
  models: { champion?: ChampionVersion | null; versions: readonly ChampionVersion[] };
  again: () => void;
}

/** The champion and those before it, with where each comes from. */
export function Versions({ project, models, again }: VersionsProps) {
  const [back, setBack] = useState<ChampionVersion>();
  const [reason, setReason] = useState("");
  if (models.versions.length === 0) {
    return (
      <Empty title="No champion yet.">
        <p>
          One is promoted by the recipe's rule at the end of a run, or by you on the run's comparison.{" "}
          <a href={to.runs(`?project=${encodeURIComponent(project)}`)}>Runs of {project}</a>
        </p>
      </Empty>
    );
  }
  return (
    <section class="card" aria-labelledby="versions">
      <h2 id="versions">Champion and versions</h2>
      <div class="scroll">
        <table class="list">
          <thead>
            <tr>
              <th>Version</th>
              <th>Model</th>
              <th class="number">Accuracy</th>
              <th class="number">1,000 calls</th>
              <th>Comes from</th>
              <th>Promoted</th>
              <th>
                <span class="sr">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {models.versions.map((version) => {
              const isCurrent = version.version === models.champion?.version;
              return (
                <tr key={version.version}>
                  <td class="nowrap">
                    <strong>v{version.version}</strong> {isCurrent && <Badge tone="good">champion</Badge>}
                  </td>
                  <td>
                    {version.candidate} <span class="small muted">{kinds[version.kind]}</span>
                    <div class="small mono muted">{version.model}</div>
                  </td>
                  <td class="number">{percent(version.accuracy)}</td>
                  <td class="number">{version.usdPerThousand != null ? usd(version.usdPerThousand) : "–"}</td>
                  <td>
                    <a class="mono" href={to.run(version.runId)}>
                      {version.runId}
                    </a>
                    {version.lineage && (
                      <div class="small muted">
                        {count(version.lineage.trainRows)} training rows
                        {version.lineage.parent != null && `, continues v${version.lineage.parent}`}
                        {version.lineage.replaced != null && `, replaced v${version.lineage.replaced}`}
                      </div>
                    )}
                  </td>
                  <td>
                    <Ago at={version.promotedAt} />
                    <div class="small muted" dir="auto">
                      by {version.by}
                      {version.reason ? `: ${version.reason}` : ""}
                    </div>
                  </td>
                  <td>
                    {!isCurrent && (
                      <button type="button" onClick={() => setBack(version)}>
                        Roll back
                        <span class="sr"> to version {version.version}</span>
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {back && (
        <Confirm
          title={`Roll back to version ${back.version}`}
          action="Roll back"
          danger
          close={() => setBack(undefined)}
          act={async () => {
            take(
              await api.POST("/api/projects/{project}/models/rollback", {
                params: { path: { project } },
                body: { version: back.version, by: by(), reason: reason || null },
              }),
            );
            again();
          }}
        >
          <p>
            From now on {back.candidate} ({percent(back.accuracy)}) answers for {project}. Nothing is deleted: the
            current version can be brought back the same way.
          </p>
          <ByField />
          <label class="field">
            <span>Reason (optional)</span>
            <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        </Confirm>
      )}
    </section>
  );
}
