import type { RunView } from "../api/types";
import { stageOf } from "../format/words";

const stages = ["planning", "preparing", "quoting", "training", "comparing", "promoting"] as const;

/** How far a run has come, a mark a stage. */
export function StageStrip({ run }: { run: RunView }) {
  const stage = stageOf(run);
  const at = stage === "waiting for approval" ? 2 : stages.findIndex((name) => stage.startsWith(name));
  const reached = run.outcome === "running" ? at : run.hasReport ? stages.length : Math.max(at, 0);
  return (
    <span class="strip" role="img" aria-label={`Stage: ${stage}`} title={stages.join(" → ")}>
      {stages.map((name, index) => {
        const isNow = run.outcome === "running" && index === reached;
        const state = index < reached ? "past" : isNow ? (run.needsApproval ? "waits" : "now") : "ahead";
        const failed = run.outcome === "failed" && index === reached ? "stopped" : state;
        return <span key={name} class={`strip-mark ${failed}`} />;
      })}
    </span>
  );
}
