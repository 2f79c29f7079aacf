import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface VirtualListProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  /** Reads the next page; undefined where there is none. */
  more: (() => Promise<void>) | undefined;
  children: (item: T) => ComponentChildren;
}

const usualHeight = 72;
const margin = 600;

/** A long list of which only what is seen is in the page; heights are measured as they come. */
export function VirtualList<T>({ items, keyOf, more, children }: VirtualListProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const heights = useRef(new Map<string, number>());
  const reading = useRef(false);
  const [range, setRange] = useState({ from: 0, to: 30 });
  const tops: number[] = [0];
  for (const item of items) tops.push((tops.at(-1) ?? 0) + (heights.current.get(keyOf(item)) ?? usualHeight));
  const total = tops.at(-1) ?? 0;

  function look(): void {
    const element = box.current;
    if (!element) return;
    const from = element.scrollTop - margin;
    const to = element.scrollTop + element.clientHeight + margin;
    const firstSeen = Math.max(0, tops.findIndex((top) => top >= from) - 1);
    const beyond = tops.findIndex((top) => top > to);
    const next = { from: firstSeen, to: beyond < 0 ? items.length : beyond };
    if (next.from !== range.from || next.to !== range.to) setRange(next);
    if (more && !reading.current && to >= total) {
      reading.current = true;
      void more().finally(() => {
        reading.current = false;
      });
    }
  }

  useLayoutEffect(() => {
    let changed = false;
    for (const child of box.current?.querySelectorAll<HTMLElement>("[data-key]") ?? []) {
      const key = child.dataset.key ?? "";
      const height = child.offsetHeight;
      if (height > 0 && heights.current.get(key) !== height) {
        heights.current.set(key, height);
        changed = true;
      }
    }
    if (changed) setRange({ ...range });
  });
  useEffect(look);

  const shown = items.slice(range.from, range.to);
  return (
    <section class="virtual" ref={box} onScroll={look} tabIndex={0} aria-label="List">
      <div style={{ height: `${total}px`, position: "relative" }}>
        <div style={{ transform: `translateY(${tops[range.from] ?? 0}px)` }}>
          {shown.map((item) => (
            <div key={keyOf(item)} data-key={keyOf(item)}>
              {children(item)}
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}
