import type { ScoreCell, ScoreColumn } from "../api/types";
import { decimal, percent, points, probability, signed } from "./numbers";

type Judgement = NonNullable<ScoreCell["judgement"]>;

export const judgements: Record<Judgement, { word: string; className: string }> = {
  surelyBetter: { word: "surely better", className: "surely-better" },
  likelyBetter: { word: "likely better", className: "likely-better" },
  cannotTell: { word: "cannot tell", className: "cannot-tell" },
  likelyWorse: { word: "likely worse", className: "likely-worse" },
  surelyWorse: { word: "surely worse", className: "surely-worse" },
};

/** A score in its own unit: shares in per cent, the others as they are. */
export function score(column: ScoreColumn, value: number): string {
  return column.isShare ? percent(value) : decimal(value);
}

export function scoreDifference(column: ScoreColumn, value: number): string {
  if (column.isShare) return points(value);
  return signed(value, decimal);
}

/** All that is known of a cell, for its title. */
export function cellTitle(column: ScoreColumn, cell: ScoreCell, against: string, rows: number): string {
  const interval =
    cell.low != null && cell.high != null ? ` (${score(column, cell.low)} to ${score(column, cell.high)})` : "";
  const own = cell.value != null ? `${column.title}: ${score(column, cell.value)}${interval}` : column.title;
  if (!cell.judgement || cell.difference == null) return own;
  const p = cell.pValue != null ? `, corrected ${probability(cell.pValue)}` : "";
  return `${own}. ${judgements[cell.judgement].word} than ${against}: ${scoreDifference(column, cell.difference)}${p}, n = ${rows}`.replace(
    "cannot tell than",
    "cannot be told from",
  );
}
