import { api } from "../../api/client";
import { take } from "../../api/problem";
import type { Correction, ReviewRow } from "../../api/types";

/** A row to be judged. */
export interface Suspect {
  id: string;
  text: string;
  label: string;
  split: ReviewRow["split"];
  why: ReviewRow["why"] | undefined;
  /** What models and people say instead. */
  says: { name: string; label: string; confidence: number | undefined }[];
  /** Rows with nearly the same text, for which this one stands. */
  alike: number;
  corrected: Correction | undefined;
}

/** A page of rows, and where the next one begins. */
export interface SuspectPage {
  rows: Suspect[];
  labels: readonly string[];
  total: number | undefined;
  next: string | undefined;
}

/** Where rows to look at come from. */
export interface Source {
  key: "all" | "feedback" | "suspects" | "disagree" | "unsure" | "train";
  name: string;
  meaning: string;
}

export const reasons: Record<ReviewRow["why"], string> = {
  feedback: "Somebody has given this text another label.",
  suspect: "Every good model gives the same other label and is sure of it.",
  disagree: "The two best models give different answers.",
  unsure: "The best model is unsure about it.",
};

export const sources: [Source, ...Source[]] = [
  {
    key: "all",
    name: "All that deserve a second look",
    meaning:
      "Labels that people have contradicted come first, then labels that models doubt, then rows on which models disagree or are unsure.",
  },
  {
    key: "feedback",
    name: "Feedback that contradicts the label",
    meaning: "Texts for which somebody has given a label other than the one in the data.",
  },
  {
    key: "suspects",
    name: "Labels that confident models doubt",
    meaning: "Every good candidate gives the same other answer and is as sure of it as it usually is when it is right.",
  },
  {
    key: "disagree",
    name: "Rows on which the models disagree",
    meaning: "The two best candidates give different answers. The most confident come first.",
  },
  {
    key: "unsure",
    name: "Rows about which the best model is least sure",
    meaning: "These texts are often hard or ambiguous.",
  },
  {
    key: "train",
    name: "Training rows",
    meaning: "The rows that models are trained on. A correction here joins the next retrain.",
  },
];

const top = "50";

/** Reads a page of a source's rows. */
export async function readSource(
  source: Source,
  runId: string,
  from: string | undefined,
  search: string | undefined,
): Promise<SuspectPage> {
  const path = { id: runId };
  const page = { top, ...(from ? { continuation: from } : {}) };
  if (source.key !== "train") {
    const query = { ...page, source: source.key };
    const told = take(await api.GET("/api/runs/{id}/review", { params: { path, query } }));
    return {
      labels: told.labels,
      total: told.total,
      next: told.continuation ?? undefined,
      rows: told.rows.map((row) => ({
        ...row,
        alike: row.alike.length,
        corrected: row.corrected ?? undefined,
        says: row.says.map((one) => ({ ...one, confidence: one.confidence ?? undefined })),
      })),
    };
  }

  const query = { ...page, ...(search ? { search } : {}) };
  const [told, view] = await Promise.all([
    api.GET("/api/runs/{id}/dataset", { params: { path, query } }).then(take),
    api.GET("/api/runs/{id}/compare", { params: { path } }).then(take),
  ]);
  return {
    labels: view.labels.names,
    total: undefined,
    next: told.continuation ?? undefined,
    rows: told.rows.map(({ id, text, label }) => ({
      id,
      text,
      label,
      split: told.split,
      why: undefined,
      says: [],
      alike: 0,
      corrected: undefined,
    })),
  };
}
