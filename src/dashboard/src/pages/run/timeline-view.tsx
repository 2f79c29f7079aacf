import { useMemo, useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { RunView } from "../../api/types";
import { counted } from "../../format/numbers";
import { clockTime, duration, moment } from "../../format/times";
import { Empty, Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { now } from "../../parts/time";
import { MarkLines, MarkList } from "./marks";
import { MoneyLane } from "./money-lane";
import { SpanDetail } from "./span-detail";
import { makeTimeline, pack, type Span, ticks } from "./timeline";
import { moneyOf } from "./timeline-money";

const rowHeight = 24;
const zooms = [1, 2, 4, 8, 16, 32];

/** What happened when: a lane for the run and each candidate, waiting hatched, retries as ticks. */
export function TimelineView({ run }: { run: RunView }) {
  const path = { id: run.runId };
  const isGoing = run.outcome === "running";
  const live = useLive(run.runId, (headers) => api.GET("/api/runs/{id}/history", { params: { path }, headers }), {
    every: () => (isGoing ? 3000 : undefined),
  });
  const marks = useLive(
    `marks/${run.runId}`,
    (headers) => api.GET("/api/runs/{id}/marks", { params: { path }, headers }),
    { every: () => (isGoing ? 10_000 : undefined) },
  ).data;
  const money = useMemo(() => moneyOf(live.data?.steps ?? []), [live.data]);
  const [zoom, setZoom] = useState(1);
  const [chosen, setChosen] = useState<string>();
  const at = isGoing ? now.value : 0;
  const timeline = useMemo(
    () => (live.data ? makeTimeline(run.runId, live.data.steps, at || Date.now()) : undefined),
    [live.data, run.runId, at],
  );
  if (!timeline) return live.problem ? <ProblemNote problem={live.problem} again={live.again} /> : <Loading rows={6} />;
  if (timeline.lanes.every((lane) => lane.spans.length === 0)) {
    return <Empty title="Nothing has been recorded yet." />;
  }
  const length = Math.max(timeline.to - timeline.from, 1);
  const place = (time: number): string => `${(((time - timeline.from) / length) * 100).toFixed(3)}%`;
  const times = ticks(timeline.from, timeline.to, (window.innerWidth < 700 ? 4 : 8) * zoom);
  const span = timeline.lanes.flatMap((lane) => lane.spans).find((one) => spanId(one) === chosen);
  return (
    <div class="stack">
      <div class="bar">
        <span class="muted">
          {duration(length)}
          {isGoing && timeline.deadline ? ` · given up at ${moment(new Date(timeline.deadline).toISOString())}` : ""}
        </span>
        <fieldset class="zoom">
          <legend class="sr">Zoom</legend>
          <button type="button" disabled={zoom === 1} onClick={() => setZoom(1)}>
            Fit
          </button>
          <button type="button" disabled={zoom === zooms[0]} onClick={() => setZoom(zoom / 2)} aria-label="Zoom out">
            −
          </button>
          <button type="button" disabled={zoom === zooms.at(-1)} onClick={() => setZoom(zoom * 2)} aria-label="Zoom in">
            +
          </button>
        </fieldset>
      </div>
      <Legend />
      <MarkList marks={marks} from={timeline.from} />
      <section class="timeline" aria-label="Timeline" tabIndex={0}>
        <div class="timeline-inner" style={{ width: `${zoom * 100}%` }}>
          <div class="axis" aria-hidden="true">
            {times.map((mark) => (
              <span key={mark} class="axis-mark" style={{ left: place(mark) }}>
                {clockTime(mark)}
              </span>
            ))}
          </div>
          {timeline.lanes.map((lane) => {
            const rows = pack(lane.spans, timeline.to);
            return (
              <div key={lane.name} class="lane">
                <div class="lane-name">{lane.name}</div>
                <div class="lane-track" style={{ height: `${Math.max(rows.length, 1) * rowHeight + 6}px` }}>
                  {times.map((mark) => (
                    <span key={mark} class="grid-line" style={{ left: place(mark) }} />
                  ))}
                  {rows.flatMap((row, index) =>
                    row.map((one) => (
                      <SpanBar
                        key={spanId(one)}
                        span={one}
                        top={index * rowHeight + 3}
                        left={place(one.from)}
                        width={`${((((one.to ?? timeline.to) - one.from) / length) * 100).toFixed(3)}%`}
                        chosen={spanId(one) === chosen}
                        choose={() => setChosen(spanId(one) === chosen ? undefined : spanId(one))}
                        share={(time) => (time - one.from) / Math.max((one.to ?? timeline.to) - one.from, 1)}
                      />
                    )),
                  )}
                  <MarkLines marks={marks} place={place} />
                  {isGoing && <span class="now-line" style={{ left: place(timeline.to) }} />}
                </div>
              </div>
            );
          })}
          {money && <MoneyLane money={money} from={timeline.from} to={timeline.to} />}
        </div>
      </section>
      {span && <SpanDetail runId={run.runId} span={span} close={() => setChosen(undefined)} />}
    </div>
  );
}

function spanId(span: Span): string {
  return `${span.lane}/${span.name}/${span.from}/${span.key}`;
}

interface SpanBarProps {
  span: Span;
  top: number;
  left: string;
  width: string;
  chosen: boolean;
  choose: () => void;
  share: (time: number) => number;
}

function SpanBar({ span, top, left, width, chosen, choose, share }: SpanBarProps) {
  const name = span.count > 1 ? `${span.name} × ${span.count}` : span.name;
  const took = span.to === undefined ? "going on" : duration(span.to - span.from);
  const retried = span.retries.length > 0 ? `, tried again after ${counted(span.retries.length, "failure")}` : "";
  return (
    <button
      type="button"
      class={`span ${span.kind} ${span.to === undefined ? "open" : ""} ${chosen ? "chosen" : ""}`}
      style={{ top: `${top}px`, left, width }}
      title={`${name}: ${took}${retried}`}
      aria-label={`${span.lane}: ${name}, ${took}${retried}`}
      aria-pressed={chosen}
      onClick={choose}
    >
      <span class="span-name">{name}</span>
      {span.retries.map((retry) => (
        <span key={retry.at} class="retry" style={{ left: `${(share(retry.at) * 100).toFixed(2)}%` }} />
      ))}
    </button>
  );
}

function Legend() {
  return (
    <p class="legend small muted" aria-hidden="true">
      <span class="key work" /> working <span class="key wait" /> waiting <span class="key failed" /> failed{" "}
      <span class="key tick" /> tried again
    </p>
  );
}
