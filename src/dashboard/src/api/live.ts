import { type Signal, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Answer, type Problem, problemOf, take } from "./problem";

/** The reader has switched off that pages look again by themselves. */
export const paused = signal(false);

/** What a page asks for again and again. */
export interface Live<T> {
  data: T | undefined;
  problem: Problem | undefined;
  /** When the data was last confirmed, in milliseconds. */
  confirmedAt: number | undefined;
  /** Asks at once. */
  again: () => void;
}

export interface LiveOptions<T> {
  /** Milliseconds between two looks; what is done needs none. */
  every?: (data: T) => number | undefined;
  /** Shows what was there before until the answer to another question comes. */
  keep?: boolean;
  /** Asks nothing yet. */
  skip?: boolean;
}

const usual = 2500;
const longest = 30_000;

/**
 * Asks the API, and asks again while the page is seen and not paused. The host is told which version is here already and answers
 * 304 where nothing has changed. A host that does not answer is asked less and less often, until it does.
 */
export function useLive<T>(
  key: string,
  ask: (headers: Record<string, string>) => Promise<Answer<T>>,
  options: LiveOptions<T> = {},
): Live<T> {
  const data = useSignal<T | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const confirmedAt = useSignal<number | undefined>(undefined);
  const turn: Signal<number> = useSignal(0);
  const isPaused = paused.value;
  const nth = turn.value;

  useEffect(() => {
    if (!options.keep) data.value = undefined;
    problem.value = undefined;
  }, [key]);

  useEffect(() => {
    if (options.skip) return;
    let timer: number | undefined;
    let gone = false;
    let etag: string | undefined;
    let failures = 0;

    async function look(): Promise<void> {
      let wait: number | undefined = usual;
      try {
        const answer = await ask(etag && data.peek() ? { "If-None-Match": etag } : {});
        if (gone) return;
        failures = 0;
        if (answer.response.status !== 304) {
          data.value = take(answer);
          etag = answer.response.headers.get("ETag") ?? undefined;
        }
        problem.value = undefined;
        confirmedAt.value = Date.now();
        wait = options.every && data.value !== undefined ? options.every(data.value) : usual;
      } catch (error) {
        if (gone) return;
        failures++;
        problem.value = problemOf(error);
        const status = problem.value.status;
        // What is refused for a reason of its own is not asked again; what may pass is.
        wait =
          status === 0 || status >= 500 || status === 429 ? Math.min(usual * 2 ** (failures - 1), longest) : undefined;
      }
      if (wait !== undefined && !isPaused) timer = window.setTimeout(lookIfSeen, wait);
    }

    function lookIfSeen(): void {
      if (!document.hidden) void look();
    }

    function seenAgain(): void {
      if (document.hidden || isPaused) return;
      window.clearTimeout(timer);
      void look();
    }

    if (!isPaused || data.peek() === undefined || nth > 0) void look();
    document.addEventListener("visibilitychange", seenAgain);
    return () => {
      gone = true;
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", seenAgain);
    };
  }, [key, isPaused, nth]);

  return {
    data: data.value,
    problem: problem.value,
    confirmedAt: confirmedAt.value,
    again: () => {
      turn.value++;
    },
  };
}
