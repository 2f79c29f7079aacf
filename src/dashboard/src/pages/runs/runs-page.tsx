import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { problemOf, take } from "../../api/problem";
import type { RunList, RunView } from "../../api/types";
import { outcomes } from "../../format/words";
import { to } from "../../parts/link";
import { Empty, Loading, Page } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { useQuery } from "../../parts/query";
import { RefusedNotes } from "./refused";
import { RunRow } from "./run-row";

const pageSize = "50";
const day = 86_400_000;
const windows: Record<string, number> = { "1 day": day, "7 days": 7 * day, "30 days": 30 * day };

/** All runs, newest first, as far as the address's filter says. */
export function RunsPage() {
  const [query, change] = useQuery();
  const asked = filterOf(query);
  const list = useLive(JSON.stringify(asked), (headers) => api.GET("/api/runs", { params: { query: asked }, headers }));
  const [older, setOlder] = useState<{ key: string; runs: RunView[]; continuation: string | undefined }>();
  const more = older?.key === JSON.stringify(asked) ? older : undefined;
  const first = list.data;
  const runs = first
    ? [...first.runs, ...(more?.runs ?? []).filter((run) => !first.runs.some((r) => r.runId === run.runId))]
    : [];
  const continuation = more ? more.continuation : (first?.continuation ?? undefined);
  const isFiltered = Boolean(query.project || query.outcome || query.waiting || query.window);

  async function readOlder(): Promise<void> {
    const page: RunList = take(await api.GET("/api/runs", { params: { query: { ...asked, continuation } } }));
    setOlder({
      key: JSON.stringify(asked),
      runs: [...(more?.runs ?? []), ...page.runs],
      continuation: page.continuation ?? undefined,
    });
  }

  return (
    <Page
      title="Runs"
      aside={
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            <span class="sr">Project</span>
            <input
              type="search"
              placeholder="Project"
              value={query.project ?? ""}
              onChange={(event) => change({ project: event.currentTarget.value.trim() })}
            />
          </label>
          <label>
            <span class="sr">State</span>
            <select
              value={query.waiting ? `waiting:${query.waiting}` : (query.outcome ?? "")}
              onChange={(event) => {
                const [word, what] = event.currentTarget.value.split(":");
                change(what ? { outcome: undefined, waiting: what } : { outcome: word, waiting: undefined });
              }}
            >
              <option value="">Every state</option>
              <option value="waiting:person">Waits for a person</option>
              <option value="waiting:service">Waits for a service</option>
              <option value="waiting:retrying">Tries again after a failure</option>
              {Object.entries(outcomes).map(([value, { word }]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span class="sr">Started</span>
            <select value={query.window ?? ""} onChange={(event) => change({ window: event.currentTarget.value })}>
              <option value="">Any time</option>
              {Object.keys(windows).map((name) => (
                <option key={name} value={name}>
                  Last {name}
                </option>
              ))}
            </select>
          </label>
        </form>
      }
    >
      {list.problem && !list.data && <ProblemNote problem={list.problem} again={list.again} />}
      {first && <RefusedNotes drops={first.refused} />}
      {!first && !list.problem && <Loading rows={8} />}
      {first &&
        runs.length === 0 &&
        (isFiltered ? (
          <NoneMatch
            reset={() => change({ project: undefined, outcome: undefined, waiting: undefined, window: undefined })}
          />
        ) : (
          <NoRuns />
        ))}
      {runs.length > 0 && (
        <div class="scroll">
          <table class="list runs">
            <thead>
              <tr>
                <th>Run</th>
                <th>Stage</th>
                <th>State</th>
                <th class="grow">Verdict, or what it waits for</th>
                <th class="number">Spent / quote</th>
                <th class="number">Started</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <RunRow key={run.runId} run={run} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {continuation && <Older read={readOlder} />}
    </Page>
  );
}

function Older({ read }: { read: () => Promise<void> }) {
  const [failed, setFailed] = useState<unknown>();
  return (
    <p class="center">
      {failed !== undefined && <ProblemNote problem={problemOf(failed)} />}
      <button type="button" onClick={() => read().then(() => setFailed(undefined), setFailed)}>
        Older runs
      </button>
    </p>
  );
}

function NoRuns() {
  return (
    <Empty title="No run yet.">
      <p>
        <a href={to.drop()}>Drop a CSV of labelled texts</a>, or use{" "}
        <code>./ftf drop reviews.csv --project reviews</code>.
      </p>
    </Empty>
  );
}

function NoneMatch({ reset }: { reset: () => void }) {
  return (
    <Empty title="No run matches this filter.">
      <p>
        <button type="button" onClick={reset}>
          Show all
        </button>
      </p>
    </Empty>
  );
}

/** The window is counted from the full hour, so that looking again asks for the same. */
function filterOf(query: Record<string, string>): Record<string, string> {
  const filter: Record<string, string> = { top: pageSize };
  if (query.project) filter.project = query.project;
  if (query.outcome) filter.outcome = query.outcome;
  if (query.waiting) filter.waiting = query.waiting;
  const span = query.window ? windows[query.window] : undefined;
  if (span) filter.from = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - span).toISOString();
  return filter;
}
