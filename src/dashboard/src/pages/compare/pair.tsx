import type { Comparison, Pair } from "../../api/types";
import { count } from "../../format/numbers";
import { useQuery } from "../../parts/query";
import { Matrix } from "./matrix";

/** Two candidates in detail: rows only one has right, confusion matrices and their difference, what differs. */
export function PairSection({ view, pair, close }: { view: Comparison; pair: Pair; close: () => void }) {
  const [, change] = useQuery();
  const labels = view.labels.names;
  function open(label: number, answer: number): void {
    change({
      first: pair.candidate,
      second: view.against,
      show: undefined,
      label: labels[label],
      answer: labels[answer],
    });
    document.getElementById("rows")?.scrollIntoView();
  }
  return (
    <section class="card" aria-labelledby="pair">
      <div class="bar">
        <h2 id="pair">
          {pair.candidate} against {view.against}
        </h2>
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </div>
      <p>
        {pair.onlyCandidate != null && (
          <>
            <strong>{count(pair.onlyCandidate)}</strong> rows only {pair.candidate} has right,{" "}
            <strong>{count(pair.onlyAgainst ?? 0)}</strong> only {view.against}.
          </>
        )}{" "}
        {pair.requiredRows != null && (
          <span class="muted">
            To find a difference of this size takes about {count(pair.requiredRows)} rows; there are{" "}
            {count(view.holdoutRows)}.
          </span>
        )}
      </p>
      <div class="columns even matrices">
        <Matrix title={pair.candidate} labels={labels} cells={pair.confusion} open={open} />
        <Matrix title={view.against} labels={labels} cells={pair.againstConfusion} />
        <Matrix title={`${pair.candidate} less ${view.against}`} labels={labels} cells={pair.difference} isDifference />
      </div>
      {pair.settings.length > 0 && (
        <>
          <h3>What differs between them</h3>
          <div class="scroll">
            <table class="list">
              <thead>
                <tr>
                  <th>Setting</th>
                  <th>{pair.candidate}</th>
                  <th>{view.against}</th>
                </tr>
              </thead>
              <tbody>
                {pair.settings.map((setting) => (
                  <tr key={setting.name}>
                    <td>{setting.name}</td>
                    <td dir="auto">{setting.candidate ?? "–"}</td>
                    <td dir="auto">{setting.against ?? "–"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}
