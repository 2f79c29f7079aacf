import type { Failure, TimelineStep } from "../../api/types";

/** A stretch of time in a lane. Times are milliseconds of the epoch. */
export interface Span {
  key: string;
  lane: string;
  name: string;
  kind: "work" | "wait" | "failed";
  from: number;
  /** Undefined: it goes on. */
  to: number | undefined;
  /** A durable timer's time, where it has not fired yet. */
  due: number | undefined;
  /** Attempts that failed before. */
  retries: { at: number; failure: Failure | undefined }[];
  /** How many alike are shown as this one. */
  count: number;
  instance: string;
  input: unknown;
  output: unknown;
  failure: Failure | undefined;
}

export interface Timeline {
  /** The run's own first, then the candidates in the order of their begin. */
  lanes: { name: string; spans: Span[] }[];
  from: number;
  to: number;
  /** When the run is given up. */
  deadline: number | undefined;
}

/** Written at every stage; tells nothing that the stages do not. */
const bookkeeping = new Set(["RecordRun"]);
const foldedFrom = 4;

/** A run's history as lanes of work and waiting. */
export function makeTimeline(runId: string, steps: readonly TimelineStep[], now: number): Timeline {
  const spans: Span[] = [];
  const open = new Map<string, Span>();
  let deadline: number | undefined;
  for (const { instance, event } of steps) {
    const at = Date.parse(event.at);
    const key = `${instance}#${event.stepId ?? event.sequence}`;
    switch (event.kind) {
      case "activityScheduled": {
        const name = event.name ?? "step";
        if (bookkeeping.has(name)) break;
        open.set(key, add(laneOf(runId, instance, event.input), name, "work", at, instance, event.input));
        break;
      }
      case "activityCompleted":
      case "activityFailed":
      case "timerFired":
      case "timerCancelled": {
        const span = open.get(key);
        if (!span) break;
        span.to = at;
        span.due = undefined;
        span.output = event.output;
        if (event.kind === "activityFailed") {
          span.kind = "failed";
          span.failure = event.failure ?? undefined;
        }
        open.delete(key);
        break;
      }
      case "timerCreated": {
        const due = event.dueAt ? Date.parse(event.dueAt) : undefined;
        // The run's first timer is its deadline: it ends with the run, and nobody waits for it.
        if (instance === runId && deadline === undefined) {
          deadline = due;
          break;
        }
        const name = instance === runId ? "Waits for approval" : "Waits";
        const span = add(laneOf(runId, instance, undefined), name, "wait", at, instance, undefined);
        span.due = due;
        open.set(key, span);
        break;
      }
      case "executionCompleted":
      case "executionFailed":
      case "executionTerminated":
      case "continuedAsNew":
        for (const [openKey, span] of open) {
          if (span.instance === instance) {
            span.to ??= at;
            span.due = undefined;
            open.delete(openKey);
          }
        }
        break;
    }
  }

  function add(lane: string, name: string, kind: Span["kind"], from: number, instance: string, input: unknown): Span {
    const span: Span = {
      key: `${spans.length}`,
      lane,
      name,
      kind,
      from,
      to: undefined,
      due: undefined,
      retries: [],
      count: 1,
      instance,
      input,
      output: undefined,
      failure: undefined,
    };
    spans.push(span);
    return span;
  }

  const lanes = new Map<string, Span[]>([["run", []]]);
  for (const span of spans) {
    const lane = lanes.get(span.lane);
    if (lane) lane.push(span);
    else lanes.set(span.lane, [span]);
  }
  const ends = steps.map((step) => Date.parse(step.event.at));
  const isOpen = spans.some((span) => span.to === undefined);
  return {
    lanes: [...lanes].map(([name, own]) => ({ name, spans: foldAlike(foldPolls(joinRetries(own))) })),
    from: Math.min(...ends, now),
    to: isOpen ? now : Math.max(...ends),
    deadline,
  };
}

/** The candidate that a step works for; else the run's own lane. */
function laneOf(runId: string, instance: string, input: unknown): string {
  if (instance.startsWith(`${runId}:`)) return instance.slice(runId.length + 1).split(":")[0] ?? "run";
  if (input && typeof input === "object") {
    const { candidate, name } = input as { candidate?: unknown; name?: unknown };
    if (typeof candidate === "string") return candidate;
    if (candidate && typeof candidate === "object" && "name" in candidate) return String(candidate.name);
    if (typeof name === "string") return name;
  }
  return "run";
}

/** A step that failed and was tried again is one stretch with a tick for each attempt. */
function joinRetries(spans: Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const before = joined.findLast((other) => other.name === span.name && other.instance === span.instance);
    const same = before && JSON.stringify(before.input) === JSON.stringify(span.input);
    if (before?.kind === "failed" && same && span.kind !== "wait") {
      const at = joined.indexOf(before);
      joined[at] = {
        ...span,
        from: before.from,
        retries: [...before.retries, { at: before.to ?? before.from, failure: before.failure }],
      };
    } else {
      joined.push(span);
    }
  }
  return joined;
}

/** Looks at a job, with the waiting between them, are one stretch of waiting: "41 polls". */
function foldPolls(spans: Span[]): Span[] {
  const folded: Span[] = [];
  let row: Span[] = [];
  function close(): void {
    const polls = row.filter((span) => span.name.startsWith("Poll"));
    const first = row[0];
    const last = row.at(-1);
    if (polls.length >= foldedFrom && first && last) {
      const lastPoll = polls.at(-1);
      folded.push({
        ...first,
        name: lastPoll?.name ?? first.name,
        kind: "wait",
        to: last.to,
        due: last.due,
        count: polls.length,
        input: lastPoll?.input,
        output: lastPoll?.output,
        retries: row.flatMap((span) => span.retries),
      });
    } else {
      folded.push(...row);
    }
    row = [];
  }
  for (const span of spans) {
    if (span.kind === "wait" || (span.name.startsWith("Poll") && span.kind === "work")) {
      row.push(span);
    } else {
      close();
      folded.push(span);
    }
  }
  close();
  return folded;
}

/** Many of the same name side by side (the pieces of an evaluation) are one stretch with their number. */
function foldAlike(spans: Span[]): Span[] {
  const groups = new Map<string, Span[]>();
  for (const span of spans) {
    const key = `${span.name}/${span.instance}/${span.kind}`;
    const group = groups.get(key);
    if (group) group.push(span);
    else groups.set(key, [span]);
  }
  const kept: Span[] = [];
  for (const group of groups.values()) {
    const first = group[0];
    if (!first || group.length < foldedFrom || first.kind === "failed") {
      kept.push(...group);
      continue;
    }
    const isOpen = group.some((span) => span.to === undefined);
    kept.push({
      ...first,
      to: isOpen ? undefined : Math.max(...group.map((span) => span.to ?? span.from)),
      count: group.reduce((sum, span) => sum + span.count, 0),
      retries: group.flatMap((span) => span.retries),
      output: group.at(-1)?.output,
    });
  }
  return kept.sort((one, other) => one.from - other.from);
}

/** Puts spans that overlap into rows under each other. */
export function pack(spans: readonly Span[], now: number): Span[][] {
  const rows: { end: number; spans: Span[] }[] = [];
  for (const span of spans) {
    const row = rows.find((one) => one.end <= span.from);
    const end = span.to ?? now;
    if (row) {
      row.end = end;
      row.spans.push(span);
    } else {
      rows.push({ end, spans: [span] });
    }
  }
  return rows.map((row) => row.spans);
}

const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800, 604_800,
];

/** Where the axis has its marks: round times in the reader's zone, at most so many. */
export function ticks(from: number, to: number, most: number): number[] {
  const span = Math.max(to - from, 1000);
  const step = (steps.find((seconds) => span / (seconds * 1000) <= most) ?? 604_800) * 1000;
  const zone = new Date(from).getTimezoneOffset() * 60_000;
  const marks: number[] = [];
  for (let at = Math.ceil((from - zone) / step) * step + zone; at <= to; at += step) marks.push(at);
  return marks;
}
