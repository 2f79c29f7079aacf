import { Download } from "../../parts/download";
import { to } from "../../parts/link";

/** The parts of a run's page; the comparison has an address of its own below the run. */
export function RunTabs({ id, hasReport, tab }: { id: string; hasReport: boolean; tab: string }) {
  const tabs = [
    { key: "", name: "Overview" },
    { key: "timeline", name: "Timeline" },
    { key: "history", name: "History" },
    { key: "files", name: "Files" },
    ...(hasReport ? [{ key: "compare", name: "Comparison" }] : []),
  ];
  const report = `/api/runs/${encodeURIComponent(id)}/report`;
  return (
    <nav class="tabs" aria-label="Parts of the run">
      {tabs.map(({ key, name }) => (
        <a key={key} href={to.run(id, key || undefined)} aria-current={tab === key ? "page" : undefined}>
          {name}
        </a>
      ))}
      {hasReport && (
        <span class="tabs-end">
          <Download className="quiet" address={`${report}?format=html`} name={`${id}.html`}>
            Report (HTML)
          </Download>
          <Download className="quiet" address={`${report}?format=md`} name={`${id}.md`}>
            Markdown
          </Download>
        </span>
      )}
    </nav>
  );
}
