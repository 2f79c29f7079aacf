import { apiKey, session } from "./session";

/** Saves a file of the API. A link cannot carry the key, so that the page fetches it. */
export async function download(address: string, path: string): Promise<void> {
  const base = session.value?.api ?? "/api";
  const headers: Record<string, string> = apiKey.value ? { "x-functions-key": apiKey.value } : {};
  const response = await fetch(base + address.slice("/api".length), { headers, cache: "no-store" });
  if (!response.ok) throw new Error(`The host answered ${response.status}.`);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = path.split("/").at(-1) ?? path;
  link.click();
  URL.revokeObjectURL(url);
}
