import { signal } from "@preact/signals";
import { ago, moment, utc } from "../format/times";

/** The reader's clock, a look every ten seconds: enough for "3 min ago". */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 10_000);

/** A moment, in the reader's zone; UTC on hover. */
export function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={utc(at)}>
      {moment(at)}
    </time>
  );
}

/** How long ago it was; the moment and UTC on hover. */
export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={`${moment(at)} (${utc(at)})`}>
      {ago(at, now.value)}
    </time>
  );
}
