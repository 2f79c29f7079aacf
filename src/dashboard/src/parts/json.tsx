import { useState } from "preact/hooks";

/** A value as indented JSON. */
export function Json({ value }: { value: unknown }) {
  return (
    <pre class="json" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}

/** A name to be pasted elsewhere. */
export function Copyable({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  }
  return (
    <span class="copyable">
      <code>{text}</code>
      <button type="button" class="quiet tiny" onClick={copy} aria-label={`Copy ${text}`}>
        {copied ? "copied" : "copy"}
      </button>
    </span>
  );
}
