import { describe, expect, it } from "vitest";
import type { TimelineStep } from "../../api/types";
import { makeTimeline, pack, ticks } from "./timeline";

const start = Date.parse("2026-11-28T10:00:00Z");

function step(
  instance: string,
  second: number,
  kind: TimelineStep["event"]["kind"],
  more: Partial<TimelineStep["event"]> = {},
): TimelineStep {
  const at = new Date(start + second * 1000).toISOString();
  return { instance, event: { sequence: second, at, kind, ...more } as TimelineStep["event"] };
}

function poll(stepId: number, second: number): TimelineStep[] {
  return [
    step("r:gpt:job", second, "activityScheduled", { name: "PollJob", stepId }),
    step("r:gpt:job", second + 1, "activityCompleted", { name: "PollJob", stepId }),
    step("r:gpt:job", second + 1, "timerCreated", {
      stepId: stepId + 1,
      dueAt: new Date(start + (second + 10) * 1000).toISOString(),
    }),
    step("r:gpt:job", second + 10, "timerFired", { stepId: stepId + 1 }),
  ];
}

describe("the timeline", () => {
  it("puts a step that names its candidate into that candidate's lane", () => {
    const { lanes } = makeTimeline(
      "r",
      [
        step("r", 0, "activityScheduled", { name: "PreparePlan", stepId: 1 }),
        step("r", 2, "activityCompleted", { name: "PreparePlan", stepId: 1 }),
        step("r", 2, "activityScheduled", { name: "TrainLinearBaseline", stepId: 2, input: { name: "linear" } }),
        step("r", 5, "activityCompleted", { name: "TrainLinearBaseline", stepId: 2 }),
        step("r:gpt:train", 5, "activityScheduled", { name: "SubmitJob", stepId: 1 }),
      ],
      start + 9000,
    );
    expect(lanes.map((lane) => [lane.name, lane.spans.map((span) => span.name)])).toEqual([
      ["run", ["PreparePlan"]],
      ["linear", ["TrainLinearBaseline"]],
      ["gpt", ["SubmitJob"]],
    ]);
    expect(lanes[2]?.spans[0]?.to).toBeUndefined();
  });

  it("shows repeated looks at a job as one stretch of waiting", () => {
    const { lanes } = makeTimeline(
      "r",
      [0, 10, 20, 30, 40].flatMap((second, n) => poll(n * 2 + 1, second)),
      start + 60_000,
    );
    const spans = lanes.find((lane) => lane.name === "gpt")?.spans;
    expect(spans?.map((span) => [span.name, span.kind, span.count])).toEqual([["PollJob", "wait", 5]]);
    expect((spans?.[0]?.to ?? 0) - (spans?.[0]?.from ?? 0)).toBe(50_000);
  });

  it("joins a failed attempt with the one that followed, with a tick between", () => {
    const failure = { kind: "unavailable", message: "503" } as TimelineStep["event"]["failure"];
    const { lanes } = makeTimeline(
      "r",
      [
        step("r", 0, "activityScheduled", { name: "UploadFile", stepId: 1, input: { file: "a" } }),
        step("r", 1, "activityFailed", { name: "UploadFile", stepId: 1, failure }),
        step("r", 3, "activityScheduled", { name: "UploadFile", stepId: 2, input: { file: "a" } }),
        step("r", 4, "activityCompleted", { name: "UploadFile", stepId: 2 }),
      ],
      start + 9000,
    );
    const span = lanes[0]?.spans[0];
    expect(lanes[0]?.spans).toHaveLength(1);
    expect(span?.kind).toBe("work");
    expect(span?.retries).toEqual([{ at: start + 1000, failure }]);
  });

  it("knows the run's first timer as its deadline", () => {
    const dueAt = "2026-12-01T10:00:00.000Z";
    const { lanes, deadline } = makeTimeline("r", [step("r", 0, "timerCreated", { stepId: 2, dueAt })], start);
    expect(deadline).toBe(Date.parse(dueAt));
    expect(lanes[0]?.spans).toEqual([]);
  });

  it("puts what overlaps under each other", () => {
    const { lanes } = makeTimeline(
      "r",
      [
        step("r", 0, "activityScheduled", { name: "A", stepId: 1 }),
        step("r", 1, "activityScheduled", { name: "B", stepId: 2 }),
        step("r", 2, "activityCompleted", { name: "A", stepId: 1 }),
        step("r", 2, "activityScheduled", { name: "C", stepId: 3 }),
      ],
      start + 5000,
    );
    expect(pack(lanes[0]?.spans ?? [], start + 5000).map((row) => row.map((span) => span.name))).toEqual([
      ["A", "C"],
      ["B"],
    ]);
  });

  it("marks round times, no more than asked", () => {
    const marks = ticks(start + 1234, start + 3_600_000, 8);
    expect(marks.length).toBeLessThanOrEqual(8);
    expect(marks.every((mark) => mark % 600_000 === 0)).toBe(true);
  });
});
