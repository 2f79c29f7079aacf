import { signal } from "@preact/signals";
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "../../generated/schema";
import { apiKey, keyRefused, session } from "./session";

/** Whether the host answered the last request at all. */
export const connected = signal(true);

const pages: Middleware = {
  async onRequest({ request }) {
    // Marks a request of these pages: one that a foreign page makes a browser send cannot carry it.
    request.headers.set("X-FineTuneFlow-Page", "1");
    if (apiKey.value) request.headers.set("x-functions-key", apiKey.value);
    const base = session.value?.api ?? "/api";
    const url = new URL(request.url);
    if (base === "/api" || !url.pathname.startsWith("/api/")) return request;
    url.pathname = base + url.pathname.slice("/api".length);
    // The body is read first: as a stream it could not be sent over HTTP/1.1.
    const body = request.body ? await request.arrayBuffer() : null;
    return new Request(url, { method: request.method, headers: request.headers, body, cache: "no-store" });
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
