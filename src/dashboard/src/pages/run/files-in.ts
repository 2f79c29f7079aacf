import type { Span } from "./timeline";

const most = 12;

/** The files of a run's folder that a step's input or output refers to, by their paths inside it. */
export function filesIn(runId: string, span: Pick<Span, "input" | "output">): string[] {
  const folder = `runs/${runId}/`;
  const found = new Set<string>();
  function look(value: unknown): void {
    if (typeof value === "string") {
      // A folder or the beginning of names is no file: files have an ending.
      if (value.startsWith(folder) && /\.[a-z]+$/.test(value)) found.add(value.slice(folder.length));
    } else if (value && typeof value === "object") {
      for (const inner of Object.values(value)) look(inner);
    }
  }
  look(span.input);
  look(span.output);
  return [...found].sort().slice(0, most);
}
