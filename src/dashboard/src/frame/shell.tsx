import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { connected } from "../api/client";
import { paused } from "../api/live";
import { apiKey, forgetKey, session } from "../api/session";
import { to } from "../parts/link";

const places = [
  { name: "Runs", href: to.runs(), under: "/ui/runs" },
  { name: "Projects", href: to.projects(), under: "/ui/projects" },
  { name: "Drop a file", href: to.drop(), under: "/ui/drop" },
  { name: "Review", href: to.review(), under: "/ui/review" },
  { name: "Try it", href: to.tryIt(), under: "/ui/try" },
  { name: "Costs", href: to.costs(), under: "/ui/costs" },
  { name: "System", href: to.system(), under: "/ui/system" },
];

/** Everything around a page: where one can go, and whether what is shown is fresh. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the row of pages scrolls: the one that is open is brought into sight.
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [path]);
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="side">
        <a class="brand" href={to.runs()}>
          FineTuneFlow
        </a>
        <nav ref={nav} aria-label="Pages">
          {places.map((place) => (
            <a
              key={place.href}
              href={place.href}
              aria-current={
                path.startsWith(place.under) || (path === "/" && place.under === "/ui/runs") ? "page" : undefined
              }
            >
              {place.name}
            </a>
          ))}
        </nav>
        <div class="side-foot">
          <LiveSwitch />
          <Person />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {!connected.value && (
          <p class="note warn" role="status">
            <strong>The connection to the host is lost.</strong> What is shown is from before; the page tries again by
            itself.
          </p>
        )}
        {children}
      </main>
    </div>
  );
}

function LiveSwitch() {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={!paused.value}
        checked={!paused.value}
        onChange={(event) => {
          paused.value = !event.currentTarget.checked;
        }}
      />
      <span>{paused.value ? "Paused" : "Live"}</span>
    </label>
  );
}

function Person() {
  const known = session.value;
  if (known?.access === "signedIn") {
    return (
      <p class="small muted person">
        {known.name} · <a href={known.signOut}>Sign out</a>
      </p>
    );
  }
  if (!apiKey.value) return null;
  return (
    <button type="button" class="quiet small" onClick={forgetKey}>
      Forget the key
    </button>
  );
}
