import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api } from "../../api/client";
import { type Problem, problemOf, take } from "../../api/problem";
import type { NightLook, ProjectDetail } from "../../api/types";
import { count, counted } from "../../format/numbers";
import { Badge } from "../../parts/badge";
import { Confirm } from "../../parts/dialog";
import { to } from "../../parts/link";
import { ProblemNote } from "../../parts/problem";
import { Time } from "../../parts/time";

type Night = NonNullable<ProjectDetail["lastNight"]>;

/** A retrain as a night does it: no rescue, which has a command of its own. */
const ordinary = { dryRun: false, force: false, rescue: false, recipe: null };

/** The last night and its reasons, what a night would do now, and a retrain by hand. */
export function NightCard({ project, night }: { project: string; night: Night | undefined }) {
  const { route } = useLocation();
  const [look, setLook] = useState<NightLook>();
  const [problem, setProblem] = useState<Problem>();
  const [asking, setAsking] = useState(false);
  const path = { params: { path: { project } } };
  async function lookNow(): Promise<NightLook | undefined> {
    setProblem(undefined);
    try {
      const answer = take(
        await api.POST("/api/projects/{project}/retrain", { ...path, body: { ...ordinary, dryRun: true } }),
      );
      setLook(answer.look);
      return answer.look;
    } catch (error) {
      setProblem(problemOf(error));
      return undefined;
    }
  }
  return (
    <section class="card" aria-labelledby="nights">
      <div class="bar">
        <h2 id="nights">Nights</h2>
        <span>
          <button type="button" onClick={lookNow}>
            What would a night do now?
          </button>
        </span>
      </div>
      {night ? (
        <div class="stack">
          <p>
            The last night, <Time at={night.at} />,{" "}
            {night.runId ? (
              <>
                started the run <a href={to.run(night.runId)}>{night.runId}</a>.
              </>
            ) : night.failure ? (
              <>
                failed. <Badge tone="bad">failed</Badge>
              </>
            ) : (
              "started no run."
            )}
            {night.idle > 1 && (
              <span class="muted small"> No run has been started for {counted(night.idle, "night")} now.</span>
            )}
          </p>
          {night.failure && (
            <p class="bad-text" dir="auto">
              {night.failure}
            </p>
          )}
          {night.look && <Look look={night.look} />}
        </div>
      ) : (
        <p class="muted">
          No night has passed yet. Every night the host looks for a reason to retrain: new rows, drift, feedback that
          contradicts the answers, or a base model that is about to be shut down.
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
      {look && (
        <div class="stack above" role="status">
          <h3>{look.whyNot ? "A night would start no run now." : "A night would retrain the champion now."}</h3>
          <Look look={look} />
          <p>
            <button type="button" onClick={() => setAsking(true)}>
              {look.whyNot ? "Retrain anyway" : "Retrain now"}
            </button>
          </p>
        </div>
      )}
      {asking && look && (
        <Confirm
          title={`Retrain ${project}`}
          action="Retrain"
          close={() => setAsking(false)}
          act={async () => {
            const answer = take(
              await api.POST("/api/projects/{project}/retrain", {
                ...path,
                body: { ...ordinary, force: look.whyNot != null },
              }),
            );
            if (answer.run) route(to.run(answer.run.runId));
            else setLook(answer.look);
          }}
        >
          <p>
            This starts a run on {counted(look.rows, "row")}: all drops so far and the feedback.{" "}
            {look.newRows === 1 ? "One of them is new." : `${count(look.newRows)} of them are new.`} The run gets a
            quote and, like every run, waits for an approval if the quote is above the recipe's limit.
          </p>
        </Confirm>
      )}
    </section>
  );
}

function Look({ look }: { look: NightLook }) {
  return (
    <>
      {look.reasons.length > 0 && (
        <ul class="notes">
          {look.reasons.map((reason) => (
            <li key={reason} dir="auto">
              {reason}
            </li>
          ))}
        </ul>
      )}
      {look.whyNot && <p dir="auto">The reason: {look.whyNot}.</p>}
      {look.notes.length > 0 && (
        <ul class="notes small muted">
          {look.notes.map((note) => (
            <li key={note} dir="auto">
              {note}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
