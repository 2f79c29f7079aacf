import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { take } from "../../api/problem";
import type { RunView, TimelineStep } from "../../api/types";
import { counted } from "../../format/numbers";
import { duration, timeSpan } from "../../format/times";
import { Json } from "../../parts/json";
import { Empty, Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { useQuery } from "../../parts/query";
import { Time } from "../../parts/time";

const pageSize = "200";

/** Every recorded step of a run, a page at a time. */
export function History({ run }: { run: RunView }) {
  const [query, change] = useQuery();
  const failed = query.failed === "true";
  const asked = { top: pageSize, ...(failed ? { failed: "true" } : {}) };
  const path = { id: run.runId };
  const live = useLive(
    `${run.runId}${failed}`,
    (headers) => api.GET("/api/runs/{id}/history", { params: { path, query: asked }, headers }),
    { every: () => (run.outcome === "running" ? 5000 : undefined) },
  );
  const [more, setMore] = useState<{ failed: boolean; steps: TimelineStep[]; continuation: string | undefined }>();
  const [opened, setOpened] = useState<string>();
  if (!live.data)
    return live.problem ? <ProblemNote problem={live.problem} again={live.again} /> : <Loading rows={10} />;
  const later = more?.failed === failed ? more : undefined;
  const steps = [...live.data.steps, ...(later?.steps ?? [])];
  const continuation = later ? later.continuation : (live.data.continuation ?? undefined);

  async function readOn(): Promise<void> {
    const page = take(await api.GET("/api/runs/{id}/history", { params: { path, query: { ...asked, continuation } } }));
    setMore({ failed, steps: [...(later?.steps ?? []), ...page.steps], continuation: page.continuation ?? undefined });
  }

  return (
    <>
      <div class="bar">
        <span class="muted">{counted(live.data.total, failed ? "failed step" : "step")}</span>
        <label class="switch">
          <input
            type="checkbox"
            checked={failed}
            onChange={(event) => change({ failed: event.currentTarget.checked ? "true" : undefined })}
          />
          <span>Failed only</span>
        </label>
      </div>
      {steps.length === 0 && <Empty title={failed ? "No step has failed." : "Nothing has been recorded yet."} />}
      {steps.length > 0 && (
        <div class="scroll">
          <table class="list history">
            <thead>
              <tr>
                <th>Time</th>
                <th>Where</th>
                <th class="grow">What</th>
                <th class="number">Took</th>
              </tr>
            </thead>
            <tbody>
              {steps.map((step) => {
                const key = `${step.instance}/${step.event.sequence}/${step.event.at}`;
                return (
                  <Row
                    key={key}
                    runId={run.runId}
                    step={step}
                    open={opened === key}
                    toggle={() => setOpened(opened === key ? undefined : key)}
                  />
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {continuation && (
        <p class="center">
          <button type="button" onClick={readOn}>
            Later steps
          </button>
        </p>
      )}
    </>
  );
}

interface RowProps {
  runId: string;
  step: TimelineStep;
  open: boolean;
  toggle: () => void;
}

function Row({ runId, step, open, toggle }: RowProps) {
  const { event } = step;
  const where = step.instance === runId ? "run" : step.instance.slice(runId.length + 1).replace(":", " · ");
  return (
    <>
      <tr class={event.failure ? "failed" : undefined}>
        <td class="muted nowrap">
          <Time at={event.at} />
        </td>
        <td class="muted nowrap">{where}</td>
        <td class="grow">
          <button type="button" class="quiet flat" aria-expanded={open} onClick={toggle}>
            {event.name ? `${event.name} ` : ""}
            <span class="muted">{words(event.kind)}</span>
          </button>
          {event.failure && (
            <div class="small bad-text" dir="auto">
              {event.failure.message}
            </div>
          )}
        </td>
        <td class="number muted">{step.took ? duration(timeSpan(step.took)) : ""}</td>
      </tr>
      {open && (
        <tr>
          <td colSpan={4}>
            <Json value={event} />
          </td>
        </tr>
      )}
    </>
  );
}

/** "activityCompleted" as "activity completed". */
function words(kind: string): string {
  return kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
