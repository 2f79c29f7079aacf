import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { download } from "../api/download";
import { type Problem, problemOf } from "../api/problem";
import { ProblemNote } from "./problem";

interface DownloadProps {
  /** A route of the API. */
  address: string;
  /** The name of the saved file. */
  name: string;
  className?: string;
  children: ComponentChildren;
}

/** A button that saves a file of the API. */
export function Download({ address, name, className, children }: DownloadProps) {
  const [problem, setProblem] = useState<Problem>();
  async function save(): Promise<void> {
    setProblem(undefined);
    try {
      await download(address, name);
    } catch (error) {
      setProblem(problemOf(error));
    }
  }
  return (
    <>
      <button type="button" class={className} onClick={save}>
        {children}
      </button>
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
