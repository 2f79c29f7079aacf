import { api } from "../../api/client";
import { type Answer, take } from "../../api/problem";
import type { Report } from "../../api/types";

/** A row to be judged. */
export interface Suspect {
  id: string;
  text: string;
  label: string;
  /** What models say instead. */
  says: { name: string; label: string; confidence: number | undefined }[];
}

/** A page of rows, and where the next one begins. */
export interface SuspectPage {
  rows: Suspect[];
  labels: readonly string[];
  next: string | undefined;
}

/** Where rows to look at come from. */
export interface Source {
  key: string;
  name: string;
  meaning: string;
  searches: boolean;
  read: (runId: string, from: string | undefined, search: string | undefined) => Promise<SuspectPage>;
}

const top = "50";

async function report(id: string): Promise<Report> {
  return take(
    (await api.GET("/api/runs/{id}/report", { params: { path: { id }, query: { format: "json" } } })) as Answer<Report>,
  );
}

async function judgedRows(id: string, query: Record<string, string>, from: string | undefined): Promise<SuspectPage> {
  const path = { id };
  const view = take(await api.GET("/api/runs/{id}/compare", { params: { path } }));
  const names = view.candidates.filter((one) => one.cells.length > 0).map((one) => one.name);
  const asked = {
    first: names[0] ?? "",
    top,
    ...query,
    ...(names[1] && query.show === "changed" ? { second: names[1] } : {}),
  };
  const page = take(
    await api.GET("/api/runs/{id}/rows", {
      params: { path, query: { ...asked, ...(from ? { continuation: from } : {}) } },
    }),
  );
  return {
    labels: view.labels.names,
    next: page.continuation ?? undefined,
    rows: page.rows.map((row) => ({
      id: row.id,
      text: row.text,
      label: row.label,
      says: [
        { name: page.first, answer: row.first },
        ...(page.second && row.second ? [{ name: page.second, answer: row.second }] : []),
      ].flatMap(({ name, answer }) =>
        answer.label != null ? [{ name, label: answer.label, confidence: answer.confidence ?? undefined }] : [],
      ),
    })),
  };
}

export const sources: [Source, ...Source[]] = [
  {
    key: "suspects",
    name: "Labels that confident models doubt",
    meaning:
      "Every good candidate gives the same other answer, and is as sure of it as it usually is when it is right. These rows judge.",
    searches: false,
    async read(runId) {
      const told = await report(runId);
      return {
        labels: told.labels.names,
        next: undefined,
        rows: (told.suspects?.rows ?? []).map((row) => ({
          id: row.id,
          text: row.text,
          label: row.label,
          says: [{ name: `${row.agreeing} models`, label: row.suggested, confidence: row.confidence ?? undefined }],
        })),
      };
    },
  },
  {
    key: "disagree",
    name: "Rows on which the models disagree",
    meaning: "The two best candidates answer differently, the most confident first. These rows judge.",
    searches: false,
    read: (runId, from) => judgedRows(runId, { show: "changed", order: "confident" }, from),
  },
  {
    key: "unsure",
    name: "Rows of which the best model is least sure",
    meaning: "Hard or ambiguous texts. These rows judge.",
    searches: false,
    read: (runId, from) => judgedRows(runId, { order: "unsure" }, from),
  },
  {
    key: "train",
    name: "Training rows",
    meaning: "The rows that models learn from. A correction here joins the next retrain.",
    searches: true,
    async read(runId, from, search) {
      const path = { id: runId };
      const query = { top, ...(from ? { continuation: from } : {}), ...(search ? { search } : {}) };
      const [page, told] = await Promise.all([
        api.GET("/api/runs/{id}/dataset", { params: { path, query } }).then(take),
        api.GET("/api/runs/{id}/compare", { params: { path } }).then(take),
      ]);
      return {
        labels: told.labels.names,
        next: page.continuation ?? undefined,
        rows: page.rows.map((row) => ({ id: row.id, text: row.text, label: row.label, says: [] })),
      };
    },
  },
];
