import { count, signed } from "../../format/numbers";

interface MatrixProps {
  title: string;
  labels: readonly string[];
  /** Rows by label, columns by answer, the last one: none. */
  cells: readonly (readonly number[])[];
  /** Of two matrices: more and less in two colours. */
  isDifference?: boolean;
  /** Shows the rows of a cell. */
  open?: (label: number, answer: number) => void;
}

const shownLabels = 12;

/** A confusion matrix; of many labels, the worst mixed-up pairs instead. */
export function Matrix({ title, labels, cells, isDifference, open }: MatrixProps) {
  if (labels.length > shownLabels)
    return <Pairs title={title} labels={labels} cells={cells} isDifference={isDifference} open={open} />;
  const most = Math.max(1, ...cells.flat().map(Math.abs));
  const hasNone = cells.some((row) => (row[labels.length] ?? 0) !== 0);
  const columns = hasNone ? [...labels, "none"] : labels;
  return (
    <div class="scroll">
      <table class="matrix">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="small muted">label \ answer</span>
            </th>
            {columns.map((label) => (
              <th key={label} scope="col" dir="auto">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, row) => (
            <tr key={label}>
              <th scope="row" dir="auto">
                {label}
              </th>
              {columns.map((answer, column) => {
                const value = cells[row]?.[column] ?? 0;
                const good = isDifference ? (row === column ? value > 0 : value < 0) : row === column;
                const strength = Math.sqrt(Math.abs(value) / most);
                const shown = isDifference ? signed(value) : count(value);
                return (
                  <td
                    key={answer}
                    style={{
                      background:
                        value === 0
                          ? "transparent"
                          : `color-mix(in srgb, var(${good ? "--good" : "--bad"}) ${Math.round(strength * 34)}%, transparent)`,
                    }}
                  >
                    {open && value !== 0 && column < labels.length ? (
                      <button
                        type="button"
                        class="cell"
                        aria-label={`${label} answered ${answer}: ${value} rows`}
                        onClick={() => open(row, column)}
                      >
                        {shown}
                      </button>
                    ) : (
                      shown
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Pairs({ title, labels, cells, isDifference, open }: MatrixProps) {
  const pairs = cells
    .flatMap((row, label) => row.map((value, answer) => ({ label, answer, value })))
    .filter((pair) => pair.label !== pair.answer && pair.value !== 0)
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value))
    .slice(0, shownLabels);
  return (
    <div>
      <h3>{title}: mixed up most</h3>
      <table class="list">
        <tbody>
          {pairs.map(({ label, answer, value }) => (
            <tr key={`${label}/${answer}`}>
              <td dir="auto">
                {labels[label]} <span class="muted">answered</span> {labels[answer] ?? "nothing"}
              </td>
              <td class="number">
                {open && answer < labels.length ? (
                  <button type="button" class="quiet flat" onClick={() => open(label, answer)}>
                    {count(value)}
                  </button>
                ) : isDifference ? (
                  signed(value)
                ) : (
                  count(value)
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
