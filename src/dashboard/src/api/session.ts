import { signal } from "@preact/signals";

/** How this reader gets in, as `GET /ui/session` says. */
export interface Session {
  access: "open" | "key" | "signIn" | "signedIn";
  /** Where the API's routes stand for this page: `/api` or `/ui/api`. */
  api: string;
  version: string;
  name?: string;
  signIn?: string;
  signOut?: string;
}

const keyName = "finetuneflow.key";

export const session = signal<Session | undefined>(undefined);

/** The API key, kept until the tab is closed and never longer. */
export const apiKey = signal<string | undefined>(sessionStorage.getItem(keyName) ?? undefined);

/** The host has refused the key, or none was given yet. */
export const keyRefused = signal(false);

export function keepKey(key: string): void {
  sessionStorage.setItem(keyName, key);
  apiKey.value = key;
  keyRefused.value = false;
}

export function forgetKey(): void {
  sessionStorage.removeItem(keyName);
  apiKey.value = undefined;
}

export async function loadSession(): Promise<void> {
  const response = await fetch("/ui/session", { cache: "no-store" });
  if (!response.ok) throw new Error(`The host answered ${response.status} when asked who is here.`);
  session.value = (await response.json()) as Session;
}
