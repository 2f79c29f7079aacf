import { describe, expect, it } from "vitest";
import type { RunView } from "../api/types";
import { doing, shortId, stageOf } from "./words";

function run(changes: Partial<RunView>): RunView {
  return {
    runId: "reviews-1a",
    project: "reviews",
    outcome: "running",
    stage: "planning",
    candidates: [],
    ...changes,
  } as RunView;
}

describe("what a run does, in words", () => {
  it("names whom it waits for", () => {
    expect(doing(run({ stage: "waiting for approval", needsApproval: true }))).toBe(
      "Waits for a person to approve the quote",
    );
    expect(doing(run({ stage: "training: waits for simulator until 14:05" }))).toBe(
      "Training: waits for simulator until 14:05",
    );
    expect(doing(run({ status: "suspended" }))).toBe("Suspended");
  });

  it("names the candidates at work, and how far they are", () => {
    const record = { name: "gpt", kind: "fineTune", state: "training", provider: "azure", simulated: false } as const;
    expect(
      doing(run({ stage: "training", candidates: [{ record, progress: { state: "running", done: 4, total: 10 } }] })),
    ).toBe("gpt trains at azure, 4 of 10");
    const waits = { ...record, jobId: "ftjob-x" } as const;
    const nextLookAt = new Date(2026, 10, 29, 14, 5).toISOString();
    expect(
      doing(run({ stage: "training", candidates: [{ record: waits, progress: { state: "running", nextLookAt } }] })),
    ).toMatch(/^gpt trains as ftjob-x at azure, next look (14:05|02:05 PM)$/);
  });

  it("takes a stage's word without what follows it", () => {
    expect(stageOf(run({ stage: "training: waits; UploadFile is tried again" }))).toBe("training");
  });

  it("shortens an id beside its project", () => {
    expect(shortId(run({}))).toBe("1a");
  });
});
