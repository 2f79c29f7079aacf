import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Problem, problemOf } from "../api/problem";
import { ProblemNote } from "./problem";

interface ConfirmProps {
  title: string;
  /** The word on the button: what will be done. */
  action: string;
  danger?: boolean;
  children: ComponentChildren;
  close: () => void;
  /** Does it; what it throws is shown, and the dialog stays. */
  act: () => Promise<void>;
}

/** Says what an action will do, and does it when it is confirmed. */
export function Confirm({ title, action, danger, children, close, act }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  async function confirm(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await act();
      close();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  }
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="dialog-title">
      <form onSubmit={confirm}>
        <h2 id="dialog-title">{title}</h2>
        <div class="dialog-body">{children}</div>
        {problem && <ProblemNote problem={problem} />}
        <div class="dialog-foot">
          <button type="button" onClick={() => dialog.current?.close()}>
            Back
          </button>
          <button type="submit" class={danger ? "danger" : "primary"} disabled={busy}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
