import type { RunMarks } from "../../api/types";
import { duration } from "../../format/times";
import { Time } from "../../parts/time";

const things = { job: "job", file: "file", batch: "batch", container: "container" } as const;

/** Lines through the lanes where the host began anew, and where something was adopted. */
export function MarkLines({ marks, place }: { marks: RunMarks | undefined; place: (at: number) => string }) {
  if (!marks) return null;
  return (
    <>
      {marks.restarts.map((at) => (
        <span key={at} class="mark-line restart" style={{ left: place(Date.parse(at)) }} />
      ))}
      {marks.adopted.map((one) => (
        <span key={`${one.kind}${one.name}`} class="mark-line adopted" style={{ left: place(Date.parse(one.at)) }} />
      ))}
    </>
  );
}

/** The same in words: what a crash has done to this run, which is nothing more than time. */
export function MarkList({ marks, from }: { marks: RunMarks | undefined; from: number }) {
  if (!marks || marks.restarts.length + marks.adopted.length === 0) return null;
  return (
    <ul class="plain small marks" aria-label="Restarts and adoptions">
      {marks.restarts.map((at) => (
        <li key={at}>
          <span class="key restart" aria-hidden="true" /> The host began anew {duration(Date.parse(at) - from)} into the
          run, and the run went on (<Time at={at} />)
        </li>
      ))}
      {marks.adopted.map((one) => (
        <li key={`${one.kind}${one.name}`}>
          <span class="key adopted" aria-hidden="true" /> Adopted the {things[one.kind]}{" "}
          {one.id && <code>{one.id}</code>} of {one.name} after a lost answer, instead of making it again (
          <Time at={one.at} />)
        </li>
      ))}
    </ul>
  );
}
