import type { Problem } from "../api/problem";

/** What is wrong, where, and what to do. */
export function ProblemNote({ problem, again }: { problem: Problem; again?: () => void }) {
  const place = placeOf(problem);
  return (
    <div class="note bad" role="alert">
      <p>
        <strong>{problem.title}</strong>
      </p>
      {place && <p class="muted">{place}</p>}
      {problem.remedy && <p>{problem.remedy}</p>}
      {again && (
        <p>
          <button type="button" class="quiet" onClick={again}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

function placeOf(problem: Problem): string | undefined {
  const location = problem.location;
  const place = location
    ? [location.file, location.line && `line ${location.line}`, location.column && `column ${location.column}`]
    : [];
  const field = problem.field ? [`field ${problem.field}`] : [];
  const told = [...place, ...field].filter(Boolean).join(", ");
  return told === "" ? undefined : told;
}
