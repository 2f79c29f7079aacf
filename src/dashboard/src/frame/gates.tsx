import { useState } from "preact/hooks";
import { keepKey, keyRefused, type Session } from "../api/session";

/** Asks for the API key where the host has one. */
export function KeyGate() {
  const [key, setKey] = useState("");
  function enter(event: Event): void {
    event.preventDefault();
    if (key.trim()) keepKey(key.trim());
  }
  return (
    <main class="gate">
      <form class="card" onSubmit={enter}>
        <h1>FineTuneFlow</h1>
        <label class="field">
          <span>API key</span>
          <input
            type="password"
            autocomplete="off"
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
            aria-invalid={keyRefused.value}
            required
          />
        </label>
        {keyRefused.value && (
          <p class="bad-text" role="alert">
            The host has refused this key.
          </p>
        )}
        <p class="muted small">The setting ApiKey of the host. It is kept until this tab is closed.</p>
        <button type="submit" class="primary">
          Enter
        </button>
      </form>
    </main>
  );
}

/** Sends whoever is not signed in to the platform's sign-in, and back to this page. */
export function SignInGate({ session }: { session: Session }) {
  const back = encodeURIComponent(location.pathname + location.search);
  return (
    <main class="gate">
      <div class="card">
        <h1>FineTuneFlow</h1>
        <p>Sign in with your organisation's account to see the runs.</p>
        <a class="button primary" href={`${session.signIn}${back}`}>
          Sign in
        </a>
      </div>
    </main>
  );
}
