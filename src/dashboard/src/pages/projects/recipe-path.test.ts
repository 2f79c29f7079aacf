import { describe, expect, it } from "vitest";
import { pathAt, type Schema, suggestions } from "./recipe-path";

const schemas: Record<string, Schema> = {
  Recipe: {
    properties: {
      dataset: { $ref: "#/components/schemas/Dataset" },
      candidates: { items: { $ref: "#/components/schemas/Candidate" } },
    },
  },
  Dataset: {
    properties: { text: {}, label: {}, split: { anyOf: [{ $ref: "#/components/schemas/Split" }, { type: "null" }] } },
  },
  Candidate: { properties: { name: {}, model: {}, epochs: {} } },
  Split: { properties: { test: {}, seed: {} } },
};

/** The place marked by |. */
function at(marked: string): [string, number] {
  return [marked.replace("|", ""), marked.indexOf("|")];
}

describe("completion in a recipe", () => {
  it.each([
    ["{ | }", []],
    ['{ "dataset": { "text": "a", | } }', ["dataset"]],
    ['{ "dataset": { "split": { | } } }', ["dataset", "split"]],
    ['{ "candidates": [ { "name": "a" }, { "mo|" } ] }', ["candidates", "[]"]],
    ['{ "dataset": { "text": "} tricky {" }, | }', []],
  ])("%s", (marked, path) => expect(pathAt(...at(marked))).toEqual(path));

  it("offers what may stand there and does not yet", () => {
    const offer = (marked: string): string[] => {
      const [text, caret] = at(marked);
      return suggestions(schemas, pathAt(text, caret), text, caret);
    };
    expect(offer("{ | }")).toEqual(["dataset", "candidates"]);
    expect(offer('{ "dataset": { "text": "a", | } }')).toEqual(["label", "split"]);
    expect(offer('{ "candidates": [ { "name": "a", "m| } ] }')).toEqual(["model"]);
    expect(offer('{ "dataset": { "split": { | } } }')).toEqual(["test", "seed"]);
    expect(offer('{ "nobody": { | } }')).toEqual([]);
  });
});
