import { useLocation } from "preact-iso";

/** The address bar's query: what is chosen on a page stands there, so that it can be shared. */
export function useQuery(): [Record<string, string>, (changes: Record<string, string | undefined>) => void] {
  const { query, route } = useLocation();
  function change(changes: Record<string, string | undefined>): void {
    const next = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    const text = next.toString();
    route(location.pathname + (text ? `?${text}` : ""), true);
  }
  return [query, change];
}
