import type { Problem } from "../../api/problem";
import type { Prediction } from "../../api/types";
import { percent } from "../../format/numbers";
import { Bars } from "../../parts/bars";
import { ProblemNote } from "../../parts/problem";

/** A text with what each asked version said. */
export interface Asked {
  key: number;
  text: string;
  answers: { version: string; answer?: Prediction; problem?: Problem }[];
}

export function AskedCard({ asked }: { asked: Asked }) {
  return (
    <article class="card">
      <p class="row-text clamp" dir="auto">
        {asked.text}
      </p>
      <div class="columns even">
        {asked.answers.map((one) => (
          <div key={one.version}>
            {one.problem && <ProblemNote problem={one.problem} />}
            {one.answer && <Said answer={one.answer} />}
          </div>
        ))}
      </div>
    </article>
  );
}

function Said({ answer }: { answer: Prediction }) {
  const shares = Object.entries(answer.probabilities ?? {}).sort((a, b) => b[1] - a[1]);
  return (
    <>
      <p>
        {answer.label != null ? (
          <strong class="answer-label" dir="auto">
            {answer.label}
          </strong>
        ) : (
          <span class="bad-text">No label: {answer.error ?? "the model gave none"}</span>
        )}{" "}
        <span class="small muted">
          v{answer.version}, <span class="mono">{answer.model}</span>
          {answer.latencyMs != null && `, ${Math.round(answer.latencyMs)} ms`}
        </span>
      </p>
      {shares.length > 0 && (
        <Bars
          label="Probabilities"
          bars={shares.slice(0, 8).map(([name, share]) => ({ name, share, shown: percent(share, 1) }))}
        />
      )}
    </>
  );
}
