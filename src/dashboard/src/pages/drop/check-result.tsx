import { useState } from "preact/hooks";
import type { CheckAnswer } from "../../api/types";
import { bytes, count, counted, percent, usd } from "../../format/numbers";
import { Badge } from "../../parts/badge";
import { Bars } from "../../parts/bars";
import { Confirm } from "../../parts/dialog";

interface CheckResultProps {
  check: CheckAnswer;
  project: string;
  start: () => Promise<void>;
  busy: boolean;
}

/** What a check found, and what the run would cost. */
export function CheckResult({ check, project, start, busy }: CheckResultProps) {
  const [asking, setAsking] = useState(false);
  const { source, profile, quote } = check;
  const classes = profile.splits[0]?.classes ?? [];
  const most = Math.max(1, ...classes.map((one) => one.count));
  const used = profile.rows.train + profile.rows.validation + profile.rows.test;
  return (
    <div class="stack">
      <div class="columns even">
        <section class="card" aria-labelledby="file">
          <h2 id="file">The file</h2>
          <dl class="facts">
            <dt>{source.name}</dt>
            <dd>
              {source.format}, {source.encoding}, {bytes(source.bytes)}
            </dd>
            <dt>Text</dt>
            <dd>
              {profile.columns.text.join(" + ")} <span class="muted small">{profile.columns.textReason}</span>
            </dd>
            <dt>Label</dt>
            <dd>
              {profile.columns.label} <span class="muted small">{profile.columns.labelReason}</span>
            </dd>
            <dt>Rows</dt>
            <dd>
              {count(profile.rows.input)} read, {count(used)} used, {count(profile.rows.rejected)} rejected,{" "}
              {counted(profile.rows.duplicates, "duplicate")}
            </dd>
            <dt>Splits</dt>
            <dd>
              {count(profile.rows.train)} train, {count(profile.rows.validation)} validation, {count(profile.rows.test)}{" "}
              holdout
            </dd>
            <dt>Labels</dt>
            <dd>
              {counted(profile.labels.names.length, "label")}
              {profile.labels.ordered ? ", ordered" : ""}
            </dd>
          </dl>
          <Bars
            label="Rows of each label"
            bars={classes
              .slice(0, 12)
              .map((one) => ({ name: one.name, share: one.count / most, shown: count(one.count) }))}
          />
          {classes.length > 12 && <p class="small muted">and {counted(classes.length - 12, "more label")}</p>}
        </section>
        <section class="card" aria-labelledby="quote">
          <h2 id="quote">The quote</h2>
          <table class="list">
            <thead>
              <tr>
                <th>Candidate</th>
                <th class="number">Likely</th>
                <th class="number">Range</th>
              </tr>
            </thead>
            <tbody>
              {quote.candidates.map((one) => (
                <tr key={one.name}>
                  <td>
                    <strong>{one.name}</strong> <span class="mono small muted">{one.model}</span>
                  </td>
                  <td class="number">{one.totalUsd ? usd(one.totalUsd.likely) : "unknown"}</td>
                  <td class="number muted">
                    {one.totalUsd ? `${usd(one.totalUsd.low)} to ${usd(one.totalUsd.high)}` : ""}
                  </td>
                </tr>
              ))}
              <tr>
                <th scope="row">
                  <strong>Together</strong>
                </th>
                <td class="number">
                  <strong>{usd(quote.totalUsd.likely)}</strong>
                </td>
                <td class="number muted">
                  {usd(quote.totalUsd.low)} to {usd(quote.totalUsd.high)}
                </td>
              </tr>
            </tbody>
          </table>
          <p class="small muted">
            Prices of {quote.pricesAsOf}.{" "}
            {quote.needsApproval
              ? "Above the limit: the run will wait for an approval."
              : "Below the limit: the run begins at once."}
          </p>
          {quote.overBudget && (
            <p class="note bad">This is above the budget of {usd(quote.budget.usd ?? 0)}: the run would be refused.</p>
          )}
        </section>
      </div>
      <Findings check={check} />
      <p>
        <button type="button" class="primary" disabled={busy || project.trim() === ""} onClick={() => setAsking(true)}>
          Start the run
        </button>
        {project.trim() === "" && <span class="muted small"> Name a project first.</span>}
      </p>
      {asking && (
        <Confirm title={`Start a run of ${project}`} action="Start" close={() => setAsking(false)} act={start}>
          <p>
            The file is kept as a drop of <strong>{project}</strong>, and its run begins.{" "}
            {quote.needsApproval
              ? `It waits for an approval before it spends anything; up to ${usd(quote.payableUsd.high)} would be paid.`
              : `It may spend up to ${usd(quote.payableUsd.high)}.`}
          </p>
        </Confirm>
      )}
    </div>
  );
}

function Findings({ check }: { check: CheckAnswer }) {
  const findings = check.profile.findings;
  if (findings.length === 0) return <p class="good-text">The check has found nothing to mend.</p>;
  return (
    <section class="card" aria-labelledby="findings">
      <h2 id="findings">Findings</h2>
      <ul class="plain findings">
        {findings.map((finding) => (
          <li key={finding.code}>
            <Badge tone={finding.grade === "necessary" ? "bad" : "warn"}>{finding.grade}</Badge>{" "}
            <span dir="auto">{finding.message}</span> <span class="muted">{finding.remedy}</span>
            {finding.lines.length > 0 && (
              <span class="small muted">
                {" "}
                Lines{" "}
                {finding.lines
                  .slice(0, 8)
                  .map((line) => count(line))
                  .join(", ")}
                {finding.count > 8
                  ? ` and others (${percent(finding.count / Math.max(check.profile.rows.input, 1), 1)} of the rows)`
                  : ""}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
