import { api } from "../../api/client";
import { useLive } from "../../api/live";
import type { RunView } from "../../api/types";
import { bytes, counted } from "../../format/numbers";
import { Download } from "../../parts/download";
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
  const address = `/api/runs/${encodeURIComponent(run.runId)}`;
  const size = files.data.files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <>
      <div class="bar">
        <span class="muted">
          {counted(files.data.files.length, "file")}, {bytes(size)} in all
        </span>
        <span>
          <Download address={`${address}/archive`} name={`${run.runId}.zip`}>
            Download everything
          </Download>
        </span>
      </div>
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
                  <Download
                    className="quiet flat mono"
                    address={`${address}/artifacts/${file.path}`}
                    name={file.path.split("/").at(-1) ?? file.path}
                  >
                    {file.path}
                  </Download>
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
    </>
  );
}
