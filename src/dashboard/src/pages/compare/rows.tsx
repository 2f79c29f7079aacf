import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLive } from "../../api/live";
import { problemOf, take } from "../../api/problem";
import type { Comparison, RowView } from "../../api/types";
import { count, counted, percent } from "../../format/numbers";
import { Empty, Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { useQuery } from "../../parts/query";
import { VirtualList } from "../../parts/virtual-list";
import { Relabel } from "./relabel";

const pageSize = "100";
const orders: Record<string, string> = {
  row: "As in the file",
  confident: "Most confident first",
  unsure: "Least sure first",
};

/** The judged rows with what two candidates made of them; more are read while one scrolls. */
export function Rows({ view }: { view: Comparison }) {
  const [query, change] = useQuery();
  const names = view.candidates.filter((one) => one.cells.length > 0).map((one) => one.name);
  const first =
    query.first && names.includes(query.first)
      ? query.first
      : (view.pair?.candidate ?? names.find((n) => n !== view.against) ?? view.against);
  const second =
    query.second && names.includes(query.second)
      ? query.second
      : first === view.against
        ? names.find((n) => n !== first)
        : view.against;
  const asked: Record<string, string> = { first, top: pageSize };
  if (second) asked.second = second;
  for (const name of ["show", "label", "answer", "search", "order"]) {
    const value = query[name];
    if (value) asked[name] = value;
  }
  asked.show ??= second ? "changed" : "all";
  const key = `${view.runId}${JSON.stringify(asked)}`;
  const path = { id: view.runId };
  const live = useLive(key, (headers) => api.GET("/api/runs/{id}/rows", { params: { path, query: asked }, headers }), {
    every: () => undefined,
  });
  const [more, setMore] = useState<{
    key: string;
    rows: RowView[];
    continuation: string | undefined;
    problem?: unknown;
  }>();
  const [relabelled, setRelabelled] = useState<RowView>();
  const later = more?.key === key ? more : undefined;
  const list = live.data;
  const rows = [...(list?.rows ?? []), ...(later?.rows ?? [])];
  const continuation = later ? later.continuation : (list?.continuation ?? undefined);

  async function readOn(): Promise<void> {
    try {
      const page = take(await api.GET("/api/runs/{id}/rows", { params: { path, query: { ...asked, continuation } } }));
      setMore({ key, rows: [...(later?.rows ?? []), ...page.rows], continuation: page.continuation ?? undefined });
    } catch (problem) {
      setMore({ key, rows: later?.rows ?? [], continuation, problem });
    }
  }

  const counts = list?.counts;
  const filters = second
    ? ([
        ["changed", "Answers differ", counts?.changed],
        ["onlyFirst", `Only ${first}`, counts?.onlyFirst],
        ["onlySecond", `Only ${second}`, counts?.onlySecond],
        ["bothWrong", "Both wrong", counts?.bothWrong],
        ["bothRight", "Both right", counts?.bothRight],
        ["all", "All", counts?.all],
      ] as const)
    : ([
        ["all", "All", counts?.all],
        ["bothWrong", "Wrong", counts?.bothWrong],
        ["bothRight", "Right", counts?.bothRight],
      ] as const);
  return (
    <section aria-labelledby="rows">
      <div class="bar">
        <h2 id="rows">Rows</h2>
        <div class="filters">
          <Select name="First" value={first} all={names} choose={(value) => change({ first: value })} />
          {names.length > 1 && (
            <Select
              name="Second"
              value={second ?? ""}
              all={names.filter((n) => n !== first)}
              choose={(value) => change({ second: value })}
            />
          )}
          <Select
            name="Label"
            value={query.label ?? ""}
            all={["", ...view.labels.names]}
            choose={(value) => change({ label: value, answer: undefined })}
            empty="Every label"
          />
          <Select
            name="Order"
            value={query.order ?? "row"}
            all={Object.keys(orders)}
            shown={(value) => orders[value] ?? value}
            choose={(value) => change({ order: value })}
          />
          <label>
            <span class="sr">Search in the texts</span>
            <input
              type="search"
              placeholder="Search in the texts"
              value={query.search ?? ""}
              onChange={(event) => change({ search: event.currentTarget.value })}
            />
          </label>
        </div>
      </div>
      <fieldset class="segments">
        <legend class="sr">Which rows</legend>
        {filters.map(([value, name, number]) => (
          <button key={value} type="button" aria-pressed={asked.show === value} onClick={() => change({ show: value })}>
            {name} {number !== undefined && <span class="muted">{count(number)}</span>}
          </button>
        ))}
      </fieldset>
      {query.answer && (
        <p class="small">
          Only rows that {first} answered with <strong dir="auto">{query.answer}</strong>.{" "}
          <button type="button" class="quiet tiny" onClick={() => change({ answer: undefined, label: undefined })}>
            Show all
          </button>
        </p>
      )}
      {live.problem && <ProblemNote problem={live.problem} again={live.again} />}
      {!list && !live.problem && <Loading rows={8} />}
      {list && rows.length === 0 && !continuation && <Empty title="No row is like that." />}
      {list && (rows.length > 0 || continuation) && (
        <>
          <p class="small muted">
            {counted(list.matching, "row")}
            {query.search ? ", searched as you read on" : ""}
          </p>
          <VirtualList items={rows} keyOf={(row) => row.id} more={continuation ? readOn : undefined}>
            {(row) => <Row row={row} first={first} second={second} relabel={() => setRelabelled(row)} />}
          </VirtualList>
          {relabelled && (
            <Relabel
              runId={view.runId}
              labels={view.labels.names}
              row={relabelled}
              close={() => setRelabelled(undefined)}
            />
          )}
          {later?.problem !== undefined && <ProblemNote problem={problemOf(later.problem)} again={readOn} />}
        </>
      )}
    </section>
  );
}

interface RowProps {
  row: RowView;
  first: string;
  second: string | undefined;
  relabel: () => void;
}

function Row({ row, first, second, relabel }: RowProps) {
  return (
    <article class="row">
      <p class="row-text" dir="auto">
        {row.text}
      </p>
      <p class="row-answers">
        <span class="answer">
          <span class="muted">label</span> <strong dir="auto">{row.label}</strong>
        </span>
        <AnswerOf name={first} answer={row.first} label={row.label} />
        {second && row.second && <AnswerOf name={second} answer={row.second} label={row.label} />}
        <button type="button" class="quiet tiny" onClick={relabel}>
          relabel<span class="sr"> row {row.id}</span>
        </button>
      </p>
    </article>
  );
}

function AnswerOf({ name, answer, label }: { name: string; answer: RowView["first"]; label: string }) {
  const right = answer.label === label;
  return (
    <span class={`answer ${right ? "right" : "wrong"}`}>
      <span class="muted">{name}</span> <strong dir="auto">{answer.label ?? answer.error ?? "none"}</strong>
      {answer.confidence != null && <span class="muted"> {percent(answer.confidence, 0)}</span>}
      <span class="sr">{right ? " right" : " wrong"}</span>
    </span>
  );
}

interface SelectProps {
  name: string;
  value: string;
  all: readonly string[];
  choose: (value: string) => void;
  empty?: string;
  /** How a value is named; itself where this is not given. */
  shown?: (value: string) => string;
}

function Select({ name, value, all, choose, empty, shown }: SelectProps) {
  return (
    <label>
      <span class="sr">{name}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {all.map((one) => (
          <option key={one} value={one}>
            {one === "" ? (empty ?? "–") : (shown?.(one) ?? one)}
          </option>
        ))}
      </select>
    </label>
  );
}
