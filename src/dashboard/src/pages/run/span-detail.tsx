import { duration, moment, utc } from "../../format/times";
import { Download } from "../../parts/download";
import { Copyable, Json } from "../../parts/json";
import { ServiceLink } from "../../parts/service-link";
import { FailureNote } from "./failure";
import { filesIn } from "./files-in";
import type { Span } from "./timeline";

/** One stretch of the timeline in full: its times, attempts, input and output (references, never texts). */
export function SpanDetail({ runId, span, close }: { runId: string; span: Span; close: () => void }) {
  const began = new Date(span.from).toISOString();
  const ids = idsIn(span);
  const provider = providerIn(span);
  const files = filesIn(runId, span);
  return (
    <section class="card" aria-label={`Details of ${span.name}`}>
      <div class="bar">
        <h2>{span.count > 1 ? `${span.name} × ${span.count}` : span.name}</h2>
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </div>
      {span.failure && <FailureNote failure={span.failure} />}
      <dl class="facts">
        <dt>Lane</dt>
        <dd>{span.lane}</dd>
        <dt>Began</dt>
        <dd title={utc(began)}>{moment(began)}</dd>
        <dt>Took</dt>
        <dd>{span.to === undefined ? "going on" : duration(span.to - span.from)}</dd>
        {span.due !== undefined && (
          <>
            <dt>Due</dt>
            <dd>{moment(new Date(span.due).toISOString())}</dd>
          </>
        )}
        <dt>Instance</dt>
        <dd>
          <Copyable text={span.instance} />
        </dd>
        {ids.map((id) => (
          <>
            <dt>{id.name}</dt>
            <dd>
              <Copyable text={id.value} />
            </dd>
          </>
        ))}
        {files.length > 0 && (
          <>
            <dt>Files</dt>
            <dd>
              {files.map((file) => (
                <div key={file}>
                  <Download
                    className="quiet flat mono"
                    address={`/api/runs/${encodeURIComponent(runId)}/artifacts/${file}`}
                    name={file.split("/").at(-1) ?? file}
                  >
                    {file}
                  </Download>
                </div>
              ))}
            </dd>
          </>
        )}
        {provider && (
          <>
            <dt>Service</dt>
            <dd>
              <ServiceLink provider={provider} />
            </dd>
          </>
        )}
      </dl>
      {span.retries.length > 0 && (
        <>
          <h3>Attempts that failed</h3>
          <ol>
            {span.retries.map((retry) => (
              <li key={retry.at}>
                {moment(new Date(retry.at).toISOString())}: <span dir="auto">{retry.failure?.message ?? "failed"}</span>{" "}
                {retry.failure?.remedy && <span class="muted">{retry.failure.remedy}</span>}
              </li>
            ))}
          </ol>
        </>
      )}
      <div class="columns even">
        {span.input != null && (
          <div>
            <h3>Input</h3>
            <Json value={span.input} />
          </div>
        )}
        {span.output != null && (
          <div>
            <h3>Output</h3>
            <Json value={span.output} />
          </div>
        )}
      </div>
    </section>
  );
}

/** The provider that a step's input names. */
function providerIn(span: Span): string | undefined {
  if (!span.input || typeof span.input !== "object") return undefined;
  const named = (span.input as { provider?: unknown }).provider;
  return typeof named === "string" ? named : undefined;
}

/** The ids at the services that a step's output names: to be looked up there. */
function idsIn(span: Span): { name: string; value: string }[] {
  if (!span.output || typeof span.output !== "object") return [];
  return Object.entries(span.output)
    .filter(([name, value]) => /(^id|Id)$/.test(name) && typeof value === "string")
    .map(([name, value]) => ({ name, value: String(value) }));
}
