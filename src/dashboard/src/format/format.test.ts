import { describe, expect, it } from "vitest";
import { simulatedUsd } from "./money";
import { bytes, decimal, percent, points, probability, signed, usd } from "./numbers";
import { ago, daysUntil, duration, timeSpan, utc } from "./times";

describe("numbers are written as in the reports", () => {
  it.each([
    [0, "$0"],
    [0.00012, "$0.00012"],
    [0.0625, "$0.063"],
    [1.206, "$1.21"],
    [12_345.6, "$12,346"],
    [-3.5, "−$3.50"],
  ])("%d USD", (value, shown) => expect(usd(value)).toBe(shown));

  it("shares, differences and p values", () => {
    expect(percent(0.73462)).toBe("73.46 %");
    expect(points(0.0123)).toBe("+1.2 points");
    expect(points(-0.0123)).toBe("−1.2 points");
    expect(points(-0.00001)).toBe("0.0 points");
    expect(probability(0.0004)).toBe("p < 0.001");
    expect(probability(0.034)).toBe("p = 0.034");
    expect(bytes(1_250_000)).toBe("1.3 MB");
  });

  it("differences carry their sign", () => {
    expect([3, -1200, 0].map((one) => signed(one))).toEqual(["+3", "−1,200", "0"]);
    expect([0.25, -0.25].map((one) => signed(one, decimal))).toEqual(["+0.250", "−0.250"]);
  });

  it("only simulated work counts as simulated", () => {
    expect(simulatedUsd([{ costUsd: 2, simulated: true }, { costUsd: 5 }, { simulated: true }])).toBe(2);
  });
});

describe("times", () => {
  it.each([
    [40, "40 ms"],
    [900, "0.9 s"],
    [59_400, "59 s"],
    [200_000, "3 min 20 s"],
    [7_500_000, "2 h 5 min"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms", (ms, shown) => expect(duration(ms)).toBe(shown));

  it("reads .NET's time spans", () => {
    expect(timeSpan("00:00:01.5000000")).toBe(1500);
    expect(timeSpan("1.02:00:00")).toBe(93_600_000);
  });

  it("counts the days that are left", () => {
    expect(daysUntil("2027-03-01", Date.parse("2027-02-27T10:00:00Z"))).toBe(2);
    expect(daysUntil("2027-03-01", Date.parse("2027-03-02T10:00:00Z"))).toBeLessThan(0);
  });

  it("tells how long ago, and UTC exactly", () => {
    expect(ago("2026-11-28T10:00:00Z", Date.parse("2026-11-28T10:03:10Z"))).toBe("3 min ago");
    expect(utc("2026-11-28T10:00:00+02:00")).toBe("2026-11-28 08:00:00 UTC");
  });
});
