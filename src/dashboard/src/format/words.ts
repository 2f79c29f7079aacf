import type { CandidateView, Outcome, RunView } from "../api/types";
import { minute } from "./times";

export type Tone = "good" | "warn" | "bad" | "info" | "quiet";

export const outcomes: Record<Outcome, { word: string; tone: Tone }> = {
  running: { word: "Running", tone: "info" },
  succeeded: { word: "Succeeded", tone: "good" },
  partlyFailed: { word: "Partly failed", tone: "warn" },
  failed: { word: "Failed", tone: "bad" },
  cancelled: { word: "Cancelled", tone: "quiet" },
  rejected: { word: "Rejected", tone: "quiet" },
};

/** How a run is named beside its project: by its drop's file. */
export function dropName(run: RunView): string | undefined {
  return run.drop?.path.split("/").at(-1);
}

/** The run's id without the project that stands beside it. */
export function shortId(run: { runId: string; project: string }): string {
  return run.runId.startsWith(`${run.project}-`) ? run.runId.slice(run.project.length + 1) : run.runId;
}

/** What a running run waits for, or does, in a few words. */
export function doing(run: RunView): string {
  if (run.status === "suspended") return "Suspended";
  if (run.needsApproval) return "Waits for a person to approve the quote";
  // What the stage itself waits for, or tries again, is told after its name.
  if (/[:;]/.test(run.stage)) return capital(run.stage);
  const working = run.candidates.filter((c) => c.record.state === "training" || c.record.state === "evaluating");
  if (run.stage.startsWith("training") && working.length > 0) return working.map(working1).join("; ");
  return capital(run.stage);
}

/** What is tried again, of the run itself or of its candidates. */
export function retrying(run: RunView): string {
  const own = run.candidates.flatMap(({ record, progress }) =>
    progress?.state.includes("is tried again") ? [`${record.name}: ${progress.state}`] : [],
  );
  return own.length > 0 ? own.join("; ") : doing(run);
}

/** The stage's own word, without what it waits for. */
export function stageOf(run: RunView): string {
  return run.stage.split(/[:;]/)[0] ?? run.stage;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function working1(candidate: CandidateView): string {
  const { name, state, provider, jobId } = candidate.record;
  const { done, total, nextLookAt } = candidate.progress ?? {};
  const job = jobId && state === "training" ? ` as ${jobId}` : "";
  const where = provider ? `${job} at ${provider}` : "";
  const verb = state === "training" ? "trains" : "is judged";
  const steps = total ? `, ${done ?? 0} of ${total}` : "";
  const look = nextLookAt ? `, next look ${minute(nextLookAt)}` : "";
  return `${name} ${verb}${where}${steps}${look}`;
}

export const kinds: Record<CandidateView["record"]["kind"], string> = {
  fineTune: "fine-tune",
  continuation: "continuation",
  prompt: "prompt",
  linearBaseline: "linear baseline",
  containerBaseline: "container baseline",
  encoder: "encoder",
  champion: "champion",
};
