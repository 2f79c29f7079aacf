import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

interface PageProps {
  title: string;
  /** Beside the title. */
  aside?: ComponentChildren;
  /** Under the title, small. */
  below?: ComponentChildren;
  children: ComponentChildren;
}

/** A page: its heading, and the same words as the tab's title. */
export function Page({ title, aside, below, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · FineTuneFlow`;
  }, [title]);
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          {below && <div class="page-below">{below}</div>}
        </div>
        {aside && <div class="page-aside">{aside}</div>}
      </header>
      {children}
    </>
  );
}

/** What stands where there is nothing yet: what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Holds the place of what is still being read, at its height. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <output class="loading" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} class="loading-row" />
      ))}
    </output>
  );
}
