import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api } from "../../api/client";
import { by } from "../../api/person";
import { take } from "../../api/problem";
import type { RunView } from "../../api/types";
import { usd } from "../../format/numbers";
import { ByField } from "../../parts/by-field";
import { Confirm } from "../../parts/dialog";
import { to } from "../../parts/link";

type Action = "approve" | "reject" | "cancel" | "suspend" | "resume" | "rerun";

const titles: Record<Action, string> = {
  approve: "Approve the quote",
  reject: "Reject the quote",
  cancel: "Cancel this run",
  suspend: "Suspend this run",
  resume: "Resume this run",
  rerun: "Run this file and recipe once more",
};

const verbs: Record<Action, string> = {
  approve: "Approve",
  reject: "Reject",
  cancel: "Cancel the run",
  suspend: "Suspend",
  resume: "Resume",
  rerun: "Rerun",
};

/** What can be done to a run as it stands. */
export function RunActions({ run, again }: { run: RunView; again: () => void }) {
  const [asked, setAsked] = useState<Action>();
  const isGoing = run.outcome === "running";
  return (
    <>
      {run.needsApproval && (
        <>
          <button type="button" class="primary" onClick={() => setAsked("approve")}>
            Approve
          </button>
          <button type="button" onClick={() => setAsked("reject")}>
            Reject
          </button>
        </>
      )}
      {isGoing && run.status !== "suspended" && (
        <button type="button" onClick={() => setAsked("suspend")}>
          Suspend
        </button>
      )}
      {isGoing && run.status === "suspended" && (
        <button type="button" class="primary" onClick={() => setAsked("resume")}>
          Resume
        </button>
      )}
      {isGoing && (
        <button type="button" class="danger" onClick={() => setAsked("cancel")}>
          Cancel
        </button>
      )}
      {!isGoing && (
        <button type="button" onClick={() => setAsked("rerun")}>
          Rerun
        </button>
      )}
      {asked && <ActionDialog action={asked} run={run} close={() => setAsked(undefined)} again={again} />}
    </>
  );
}

interface ActionDialogProps {
  action: Action;
  run: RunView;
  close: () => void;
  again: () => void;
}

function ActionDialog({ action, run, close, again }: ActionDialogProps) {
  const [comment, setComment] = useState("");
  const { route } = useLocation();
  const path = { params: { path: { id: run.runId } } };
  async function act(): Promise<void> {
    const steering = { by: by(), reason: comment || null };
    switch (action) {
      case "approve":
      case "reject":
        take(
          await api.POST("/api/runs/{id}/approval", {
            ...path,
            body: { approved: action === "approve", by: by(), comment: comment || null },
          }),
        );
        break;
      case "cancel":
        take(await api.POST("/api/runs/{id}/cancel", { ...path, body: steering }));
        break;
      case "suspend":
        take(await api.POST("/api/runs/{id}/suspend", { ...path, body: steering }));
        break;
      case "resume":
        take(await api.POST("/api/runs/{id}/resume", { ...path, body: steering }));
        break;
      case "rerun": {
        const started = take(await api.POST("/api/runs/{id}/rerun", path));
        route(to.run(started.runId));
        return;
      }
    }
    again();
  }
  return (
    <Confirm
      title={titles[action]}
      action={verbs[action]}
      danger={action === "cancel" || action === "reject"}
      close={close}
      act={act}
    >
      <p>{consequence(action, run)}</p>
      {action !== "rerun" && (
        <>
          <ByField />
          <label class="field">
            <span>{action === "approve" || action === "reject" ? "Comment (optional)" : "Reason (optional)"}</span>
            <input value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
          </label>
        </>
      )}
    </Confirm>
  );
}

function consequence(action: Action, run: RunView): string {
  const quote = run.quote;
  switch (action) {
    case "approve":
      return quote
        ? `The run goes on and may spend up to ${usd(quote.payableUsd)}${
            quote.payableUsd < quote.highUsd ? ` (${usd(quote.highUsd)} at list price; the rest is simulated)` : ""
          }. Training begins at once.`
        : "The run goes on.";
    case "reject":
      return "The run ends here. Nothing has been spent, and the same file and recipe can be run again.";
    case "cancel":
      return "Its jobs at the providers are cancelled and its deployments are removed. What has been spent until now stays spent.";
    case "suspend":
      return "Nothing new is started until the run is resumed. Jobs that a provider has already started go on there and are charged.";
    case "resume":
      return "The run goes on from where it stopped.";
    case "rerun":
      return "This starts a separate run with a new quote. The present run stays as it is.";
  }
}
