import { api } from "../../api/client";
import { download } from "../../api/download";
import { useLive } from "../../api/live";
import type { RunView } from "../../api/types";
import { bytes } from "../../format/numbers";
import { Empty, Loading } from "../../parts/page";
import { ProblemNote } from "../../parts/problem";
import { Ago } from "../../parts/time";

/** The files of a run's folder. */
export function Files({ run }: { run: RunView }) {
  const path = { id: run.runId };
  const files = useLive(run.runId, (headers) => api.GET("/api/runs/{id}/artifacts", { params: { path }, headers }), {
    every: () => (run.outcome === "running" ? 10_000 : undefined),
  });
  if (!files.data) return files.problem ? <ProblemNote problem={files.problem} again={files.again} /> : <Loading />;
  if (files.data.files.length === 0) return <Empty title="No file yet." />;
  return (
    <div class="scroll">
      <table class="list">
        <thead>
          <tr>
            <th class="grow">File</th>
            <th class="number">Size</th>
            <th class="number">Written</th>
          </tr>
        </thead>
        <tbody>
          {files.data.files.map((file) => (
            <tr key={file.path}>
              <td class="grow">
                <button
                  type="button"
                  class="quiet flat mono"
                  onClick={() =>
                    download(`/api/runs/${encodeURIComponent(run.runId)}/artifacts/${file.path}`, file.path)
                  }
                >
                  {file.path}
                </button>
              </td>
              <td class="number">{bytes(file.bytes)}</td>
              <td class="number muted">
                <Ago at={file.modifiedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
