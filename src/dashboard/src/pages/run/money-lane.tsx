import { usd } from "../../format/numbers";
import { moment } from "../../format/times";
import type { MoneyHistory } from "./timeline-money";

interface MoneyLaneProps {
  money: MoneyHistory;
  from: number;
  to: number;
}

const height = 44;

/** What was used over time, against the quote, with the moment of its approval. */
export function MoneyLane({ money, from, to }: MoneyLaneProps) {
  const length = Math.max(to - from, 1);
  const place = (at: number): number => (Math.min(Math.max(at - from, 0), length) / length) * 100;
  const last = money.used.at(-1)?.usd ?? 0;
  const most = Math.max(money.quoted?.high ?? 0, last, 1e-9);
  const up = (value: number): number => 40 - (value / most) * 34;
  const corners = money.used.flatMap((step, index) => {
    const before = index === 0 ? 0 : (money.used[index - 1]?.usd ?? 0);
    return [`${place(step.at)},${up(before)}`, `${place(step.at)},${up(step.usd)}`];
  });
  const told = [
    money.quoted && `quoted ${usd(money.quoted.low)} to ${usd(money.quoted.high)}`,
    money.decided && `${money.decided.approved ? "approved" : "rejected"} by ${money.decided.by ?? "somebody"}`,
    `used ${usd(last)}`,
  ].filter(Boolean);
  return (
    <div class="lane">
      <div class="lane-name">
        money <span class="muted small">{usd(last)}</span>
      </div>
      <div class="lane-track" style={{ height: `${height}px` }} role="img" aria-label={`Money: ${told.join(", ")}`}>
        <svg class="money-lane" viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
          {money.quoted && (
            <line
              class="money-quote"
              x1={place(money.quoted.at)}
              x2={100}
              y1={up(money.quoted.high)}
              y2={up(money.quoted.high)}
            />
          )}
          <polyline class="money-used" points={[`0,${up(0)}`, ...corners, `100,${up(last)}`].join(" ")} />
        </svg>
        {money.quoted && (
          <span
            class="money-mark"
            style={{ left: `${place(money.quoted.at)}%` }}
            title={`Quoted ${usd(money.quoted.low)} to ${usd(money.quoted.high)}, ${moment(new Date(money.quoted.at).toISOString())}`}
          >
            Q
          </span>
        )}
        {money.decided && (
          <span
            class={`money-mark ${money.decided.approved ? "good" : "bad"}`}
            style={{ left: `${place(money.decided.at)}%` }}
            title={`${money.decided.approved ? "Approved" : "Rejected"} by ${money.decided.by ?? "somebody"}, ${moment(new Date(money.decided.at).toISOString())}${money.decided.comment ? `: ${money.decided.comment}` : ""}`}
          >
            {money.decided.approved ? "✓" : "✗"}
          </span>
        )}
      </div>
    </div>
  );
}
