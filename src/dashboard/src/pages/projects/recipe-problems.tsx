import type { Failure } from "../../api/types";

/** Everything that is wrong with a recipe; a line's number leads to it. */
export function RecipeProblems({ problems, select }: { problems: readonly Failure[]; select: (line: number) => void }) {
  if (problems.length === 0) return null;
  return (
    <ul class="plain note bad problems" aria-label="Errors in the recipe">
      {problems.map((one) => {
        const line = one.location?.line;
        return (
          <li key={`${one.location?.line}/${one.location?.column}/${one.message}`}>
            {line != null && (
              <button type="button" class="quiet tiny" onClick={() => select(line)}>
                Line {line}
              </button>
            )}{" "}
            <span dir="auto">{one.message}</span> {one.remedy && <span class="muted">{one.remedy}</span>}
          </li>
        );
      })}
    </ul>
  );
}
