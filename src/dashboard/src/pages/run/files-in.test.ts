import { describe, expect, it } from "vitest";
import { filesIn } from "./files-in";

describe("files that a step refers to", () => {
  it("are those of the run's own folder, each once", () => {
    const span = {
      input: { training: { path: "runs/r-1/training/gpt.jsonl", bytes: 3 }, recipe: "recipes/r.json" },
      output: {
        files: ["runs/r-1/training/gpt.jsonl", "runs/r-1/report.json", "runs/r-2/report.json", "runs/r-1/dataset"],
      },
    };
    expect(filesIn("r-1", span)).toEqual(["report.json", "training/gpt.jsonl"]);
  });
});
