import { actingPerson, rememberPerson } from "../api/person";
import { session } from "../api/session";

/** Asks who acts, where no sign-in says it. */
export function ByField() {
  if (session.value?.name) return <p class="muted small">Recorded as {session.value.name}.</p>;
  return (
    <label class="field">
      <span>Your name, for the record</span>
      <input
        value={actingPerson.value}
        autocomplete="name"
        onInput={(event) => rememberPerson(event.currentTarget.value)}
      />
    </label>
  );
}
