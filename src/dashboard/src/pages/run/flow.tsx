import type { CandidateView, RunView } from "../../api/types";
import { percent } from "../../format/numbers";
import { kinds, stageOf } from "../../format/words";

type State = "done" | "now" | "waits" | "failed" | "ahead";
const order = ["planning", "preparing", "quoting", "waiting for approval", "training", "comparing", "promoting"];

/** The pipeline as a graph, with the candidates side by side in its middle. */
export function Flow({ run }: { run: RunView }) {
  const stage = stageOf(run);
  const reached =
    run.outcome === "running" ? order.findIndex((name) => stage.startsWith(name)) : run.hasReport ? order.length : -1;
  const stateOf = (name: string): State => {
    const at = order.indexOf(name);
    if (run.outcome === "running")
      return at < reached ? "done" : at === reached ? (run.needsApproval ? "waits" : "now") : "ahead";
    return run.hasReport ? "done" : "ahead";
  };
  return (
    <div class="flow" role="list" aria-label="The run's steps">
      <Step name="Plan" state={stateOf("planning")} />
      <Step name="Prepare" state={stateOf("preparing")} />
      <Step name="Quote" state={stateOf("quoting")} />
      {run.quote?.needsApproval && <Step name="Approval" state={stateOf("waiting for approval")} />}
      <div class="flow-fan" role="listitem">
        {run.candidates.length === 0 ? (
          <Step name="Candidates" state="ahead" />
        ) : (
          run.candidates.map((candidate) => <Candidate key={candidate.record.name} candidate={candidate} />)
        )}
      </div>
      <Step name="Compare" state={stateOf("comparing")} />
      <Step name="Promote" state={stateOf("promoting")} note={run.promoted ?? undefined} />
    </div>
  );
}

function Step({ name, state, note }: { name: string; state: State; note?: string | undefined }) {
  return (
    <div class={`flow-step ${state}`} role="listitem">
      <span>{name}</span>
      {note && <span class="small muted">{note}</span>}
      <span class="sr">: {state === "now" ? "going on" : state}</span>
    </div>
  );
}

const states: Record<CandidateView["record"]["state"], State> = {
  waiting: "ahead",
  training: "now",
  evaluating: "now",
  judged: "done",
  failed: "failed",
};

function Candidate({ candidate: { record, progress } }: { candidate: CandidateView }) {
  const total = progress?.total;
  return (
    <div class={`flow-step candidate ${states[record.state]}`}>
      <strong>{record.name}</strong>
      <span class="small muted">{kinds[record.kind]}</span>
      <span class="flow-figure">
        {record.accuracy != null ? percent(record.accuracy) : record.state === "judged" ? "judged" : record.state}
      </span>
      {total ? (
        <progress
          max={total}
          value={progress?.done ?? 0}
          aria-label={`${record.name}: ${progress?.done ?? 0} of ${total}`}
        />
      ) : null}
    </div>
  );
}
