import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api/client";

/** The services' own pages by the name of the provider; read once. */
const pages = signal<Record<string, string> | undefined>(undefined);
let asked = false;

async function readPages(): Promise<void> {
  if (asked) return;
  asked = true;
  const { data } = await api.GET("/api/providers", {});
  // An answer that does not come is no reason to bother anybody: the name is shown without its link.
  asked = data !== undefined;
  pages.value = Object.fromEntries((data?.providers ?? []).flatMap((one) => (one.page ? [[one.name, one.page]] : [])));
}

/** A provider's name, with a link to the service's own page where it has one. */
export function ServiceLink({ provider }: { provider: string }) {
  useEffect(() => {
    void readPages().catch(() => {
      asked = false;
    });
  }, []);
  const page = pages.value?.[provider];
  return page ? <ServicePage page={page}>{provider}</ServicePage> : <>{provider}</>;
}

/** Leads away from the host: the service learns nothing of where one comes from. */
export function ServicePage({ page, children }: { page: string; children: string }) {
  return (
    <a href={page} target="_blank" rel="noreferrer noopener">
      {children}
      <span class="sr"> (the service's own page, in a new tab)</span>
    </a>
  );
}
