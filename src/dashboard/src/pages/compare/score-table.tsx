import { useState } from "preact/hooks";
import type { ComparedCandidate, Comparison, ScoreCell, ScoreColumn } from "../../api/types";
import { counted, percent, usd } from "../../format/numbers";
import { cellTitle, judgements, score } from "../../format/scores";
import { daysUntil } from "../../format/times";
import { kinds } from "../../format/words";
import { Badge } from "../../parts/badge";
import { to } from "../../parts/link";
import { now } from "../../parts/time";
import { Promote } from "./promote";

interface ScoreTableProps {
  view: Comparison;
  change: (changes: Record<string, string | undefined>) => void;
}

type Sort = { by: string; down: boolean };

/** A row a candidate; each cell coloured by the paired test against the chosen row. */
export function ScoreTable({ view, change }: ScoreTableProps) {
  const [sort, setSort] = useState<Sort>();
  const [promoting, setPromoting] = useState<ComparedCandidate>();
  const [promoted, setPromoted] = useState<string>();
  const columns = view.scores.slice(0, 5);
  const rows = sorted(view.candidates, view.scores, sort);
  const first = columns[0];
  const head = (by: string, name: string, title?: string) => (
    <th class="number" aria-sort={sort?.by === by ? (sort.down ? "descending" : "ascending") : undefined}>
      <button
        type="button"
        class="quiet flat head"
        title={title}
        onClick={() => setSort({ by, down: sort?.by === by ? !sort.down : true })}
      >
        {name}
        {sort?.by === by ? (sort.down ? " ↓" : " ↑") : ""}
      </button>
    </th>
  );
  return (
    <section aria-labelledby="scores">
      <div class="bar">
        <h2 id="scores">Candidates</h2>
        <p class="small muted legend">
          Against <strong>{view.against}</strong>, by paired tests at α = {view.alpha}:
          {Object.values(judgements).map((one) => (
            <span key={one.word} class={`judged ${one.className}`}>
              {one.word}
            </span>
          ))}
        </p>
      </div>
      <div class="scroll">
        <table class="list compare">
          <thead>
            <tr>
              <th>Candidate</th>
              {columns.map((column) => head(column.score, column.title, column.meaning))}
              {head(
                "calibration",
                "Calibration",
                "Expected calibration error: how far stated probabilities are from what comes true, on average",
              )}
              {head("price", "1,000 calls", "USD for 1,000 predictions")}
              {head("training", "Training", "What its training cost")}
              {head("latency", "p50 / p95", "Milliseconds an answer takes")}
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.name} class={one.name === view.against ? "against" : undefined}>
                <th scope="row">
                  <Name one={one} />
                  {one.cells.length > 0 && (
                    <div class="choose">
                      {one.name === view.against ? (
                        <span class="small muted">the others are compared with it</span>
                      ) : (
                        <>
                          <button
                            type="button"
                            class="quiet tiny"
                            onClick={() => change({ against: one.name, candidate: undefined })}
                          >
                            compare with<span class="sr"> {one.name}</span>
                          </button>
                          <button
                            type="button"
                            class="quiet tiny"
                            aria-pressed={view.pair?.candidate === one.name}
                            onClick={() => change({ candidate: one.name })}
                          >
                            in detail<span class="sr">: {one.name}</span>
                          </button>
                        </>
                      )}
                      {!one.isChampion && (
                        <button type="button" class="quiet tiny" onClick={() => setPromoting(one)}>
                          promote<span class="sr"> {one.name}</span>
                        </button>
                      )}
                    </div>
                  )}
                </th>
                {one.cells.length === 0 ? (
                  <td class="bad-text" colSpan={columns.length} dir="auto">
                    {one.failure?.message ?? "Not judged."}
                  </td>
                ) : (
                  columns.map((column) => (
                    <Cell key={column.score} view={view} column={column} one={one} drawn={column === first} />
                  ))
                )}
                <td class="number">{one.calibrationError != null ? percent(one.calibrationError, 1) : "–"}</td>
                <td class="number">
                  {one.usdPerThousand != null ? usd(one.usdPerThousand) : "–"}
                  {one.simulated && <div class="small muted">list price</div>}
                </td>
                <td class="number">{usd(one.trainingUsd)}</td>
                <td class="number">
                  {one.latencyP50 != null ? `${Math.round(one.latencyP50)} / ${Math.round(one.latencyP95 ?? 0)}` : "–"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {promoted && (
        <p class="good-text" role="status">
          {promoted} is the champion now. <a href={to.project(view.project)}>See {view.project}</a>
        </p>
      )}
      {promoting && (
        <Promote
          view={view}
          one={promoting}
          close={() => setPromoting(undefined)}
          done={() => setPromoted(promoting.name)}
        />
      )}
    </section>
  );
}

function Name({ one }: { one: ComparedCandidate }) {
  return (
    <>
      <strong>{one.name}</strong> {one.isChampion && <Badge tone="info">champion</Badge>}
      <div class="small muted">
        {kinds[one.kind]} · <span class="mono">{one.model}</span>
        {one.retiresOn && <Retires day={one.retiresOn} />}
      </div>
    </>
  );
}

/** When the candidate's base model is shut down. */
function Retires({ day }: { day: string }) {
  const left = daysUntil(day, now.value);
  return (
    <span class="warn-text" title={day}>
      {" · "}
      {left > 0 ? `shut down in ${counted(left, "day")}` : "shut down"}
    </span>
  );
}

interface CellProps {
  view: Comparison;
  column: ScoreColumn;
  one: ComparedCandidate;
  drawn: boolean;
}

function Cell({ view, column, one, drawn }: CellProps) {
  const cell = cellOf(view.scores, one, column.score);
  if (!cell || cell.value == null) return <td class="number muted">–</td>;
  const judgement = cell.judgement ? judgements[cell.judgement] : undefined;
  return (
    <td class="number" title={cellTitle(column, cell, view.against, view.holdoutRows)}>
      <span class={`judged ${judgement?.className ?? ""}`}>
        {score(column, cell.value)}
        {judgement && <span class="sr">, {judgement.word}</span>}
      </span>
      {drawn && <Interval view={view} column={column} cell={cell} />}
    </td>
  );
}

/** The interval drawn on one scale for all rows. */
function Interval({ view, column, cell }: { view: Comparison; column: ScoreColumn; cell: ScoreCell }) {
  if (cell.low == null || cell.high == null || cell.value == null) return null;
  const cells = view.candidates.map((one) => cellOf(view.scores, one, column.score)).filter((one) => one?.low != null);
  const low = Math.min(...cells.map((one) => one?.low ?? 0));
  const high = Math.max(...cells.map((one) => one?.high ?? 1));
  const place = (value: number): string => `${(((value - low) / Math.max(high - low, 1e-9)) * 100).toFixed(1)}%`;
  const interval = column.isShare ? `${percent(cell.low, 1)} to ${percent(cell.high, 1)}` : "";
  return (
    <span class="interval" role="img" aria-label={`Interval ${interval}`}>
      <span class="interval-line" style={{ left: place(cell.low), right: `calc(100% - ${place(cell.high)})` }} />
      <span class="interval-dot" style={{ left: place(cell.value) }} />
    </span>
  );
}

function cellOf(columns: readonly ScoreColumn[], one: ComparedCandidate, name: string): ScoreCell | undefined {
  return one.cells[columns.findIndex((column) => column.score === name)];
}

/** The champion stays on top; the others in the report's order, or as chosen. */
function sorted(
  candidates: readonly ComparedCandidate[],
  columns: readonly ScoreColumn[],
  sort: Sort | undefined,
): ComparedCandidate[] {
  const value = (one: ComparedCandidate): number => {
    if (!sort) return 0;
    const known =
      sort.by === "price"
        ? one.usdPerThousand
        : sort.by === "training"
          ? one.trainingUsd
          : sort.by === "calibration"
            ? one.calibrationError
            : sort.by === "latency"
              ? one.latencyP50
              : cellOf(columns, one, sort.by)?.value;
    return known ?? (sort.down ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  };
  return [...candidates].sort(
    (one, other) =>
      Number(other.isChampion) - Number(one.isChampion) ||
      (sort ? (sort.down ? 1 : -1) * (value(other) - value(one)) : 0),
  );
}
