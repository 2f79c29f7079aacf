import { apiKey, session } from "./session";

/**
 * Saves what a route of the API gives. Without a key the browser does it by itself and writes to the disk as it comes. A link cannot
 * carry a key: where there is one the page fetches the file.
 */
export async function download(address: string, name: string): Promise<void> {
  const base = session.value?.api ?? "/api";
  const from = base + address.slice("/api".length);
  if (!apiKey.value) {
    save(from, name);
    return;
  }

  const response = await fetch(from, { headers: { "x-functions-key": apiKey.value }, cache: "no-store" });
  if (!response.ok) throw new Error(`The host answered ${response.status} when asked for ${name}.`);
  const url = URL.createObjectURL(await response.blob());
  save(url, name);
  // A browser may begin to save only after this turn: the file is let go of later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function save(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
