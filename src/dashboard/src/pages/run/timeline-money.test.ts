import { describe, expect, it } from "vitest";
import type { TimelineStep } from "../../api/types";
import { moneyOf } from "./timeline-money";

const start = Date.parse("2026-11-28T10:00:00Z");

function recorded(second: number, input: unknown): TimelineStep {
  const at = new Date(start + second * 1000).toISOString();
  return {
    instance: "r",
    event: { sequence: second, at, kind: "activityScheduled", name: "RecordRun", input },
  } as TimelineStep;
}

const quote = { lowUsd: 1, likelyUsd: 2, highUsd: 3, needsApproval: true, payableUsd: 3 };

describe("a run's money", () => {
  it("is quoted, decided on and used in steps", () => {
    const approval = { approved: true, by: "Ana", at: "2026-11-28T10:01:00Z", comment: "go" };
    expect(
      moneyOf([
        recorded(0, { spentUsd: 0, candidates: [] }),
        recorded(10, { spentUsd: 0, quote, candidates: [] }),
        recorded(61, { spentUsd: 0, quote, approval, candidates: [] }),
        recorded(90, { spentUsd: 0.5, quote, approval, candidates: [{ costUsd: 0.5, simulated: false }] }),
        recorded(95, {
          spentUsd: 0.5,
          quote,
          approval,
          candidates: [{ costUsd: 0.5 }, { costUsd: 1, simulated: true }],
        }),
      ]),
    ).toEqual({
      quoted: { at: start + 10_000, low: 1, high: 3 },
      decided: { at: start + 60_000, approved: true, by: "Ana", comment: "go" },
      used: [
        { at: start + 90_000, usd: 0.5 },
        { at: start + 95_000, usd: 1.5 },
      ],
    });
  });

  it("is nothing where nothing costs anything", () => {
    expect(moneyOf([recorded(0, { spentUsd: 0, candidates: [] })])).toBeUndefined();
  });
});
