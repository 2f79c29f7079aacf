import { signal } from "@preact/signals";
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "../../generated/schema";
import { apiKey, keyRefused, session } from "./session";

/** Whether the host answered the last request at all. */
export const connected = signal(true);

const pages: Middleware = {
  onRequest({ request }) {
    const base = session.value?.api ?? "/api";
    const url = new URL(request.url);
    if (url.pathname.startsWith("/api/")) url.pathname = base + url.pathname.slice("/api".length);
    const sent = new Request(url, request);
    // Marks a request of these pages: one that a foreign page makes a browser send cannot carry it.
    sent.headers.set("X-FineTuneFlow-Page", "1");
    if (apiKey.value) sent.headers.set("x-functions-key", apiKey.value);
    return sent;
  },
  onResponse({ response }) {
    connected.value = true;
    if (response.status === 401) keyRefused.value = true;
  },
  onError() {
    connected.value = false;
  },
};

/** The API, typed by its own description. */
export const api = createClient<paths>({ baseUrl: location.origin, cache: "no-store" });
api.use(pages);
