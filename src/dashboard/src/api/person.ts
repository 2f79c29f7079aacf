import { signal } from "@preact/signals";
import { session } from "./session";

const kept = "finetuneflow.by";

/** Who acts, for the record: whoever is signed in, else the name given before in this browser. */
export const actingPerson = signal(localStorage.getItem(kept) ?? "");

export function by(): string | null {
  const name = session.value?.name ?? actingPerson.value.trim();
  return name === "" ? null : name;
}

export function rememberPerson(name: string): void {
  actingPerson.value = name;
  localStorage.setItem(kept, name);
}
