import { useEffect, useState } from "preact/hooks";
import { api } from "../../api/client";
import type { RecipeCheck } from "../../api/types";

/** Long enough that a word is typed to its end, short enough that nobody waits for it. */
const pause = 400;

/** What the host says of a recipe that is being written; undefined until it has said something. */
export function useRecipeCheck(text: string | undefined): RecipeCheck | undefined {
  const [check, setCheck] = useState<RecipeCheck>();
  useEffect(() => {
    if (text === undefined) return;
    let gone = false;
    const timer = window.setTimeout(() => {
      void api
        .POST("/api/recipes/check", {
          body: text as never,
          bodySerializer: (body) => body as unknown as string,
        })
        .then(({ data }) => {
          if (!gone && data) setCheck(data);
        })
        // The page says elsewhere that the host is away; keeping checks the recipe once more.
        .catch(() => undefined);
    }, pause);
    return () => {
      gone = true;
      window.clearTimeout(timer);
    };
  }, [text]);
  return check;
}
