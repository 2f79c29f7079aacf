const full = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** In the reader's zone. */
export function moment(iso: string): string {
  return full.format(new Date(iso));
}

const hourAndMinute = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** "14:05", in the reader's zone. */
export function minute(iso: string): string {
  return hourAndMinute.format(new Date(iso));
}

/** Whole days from now until a day, "2027-03-01". */
export function daysUntil(day: string, now: number): number {
  return Math.ceil((Date.parse(day) - now) / 86_400_000);
}

export function clockTime(at: number): string {
  return clock.format(at);
}

/** For the title of a time: the same in UTC, exact. */
export function utc(iso: string): string {
  return `${new Date(iso)
    .toISOString()
    .replace("T", " ")
    .replace(/\.000Z$/, "Z")
    .replace("Z", " UTC")}`;
}

/** Milliseconds as "0.4 s", "12 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
export function duration(ms: number): string {
  if (ms < 1000) return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 || minutes > 9 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** "just now", "3 min ago". */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (ms < 5000) return "just now";
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s ago`;
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.floor(hours / 24)} d ago`;
}

/** .NET's "hh:mm:ss.fffffff", with days before a point, in milliseconds. */
export function timeSpan(text: string): number {
  const parts = /^(-?)(?:(\d+)\.)?(\d+):(\d+):(\d+)(\.\d+)?$/.exec(text);
  if (!parts) return Number.NaN;
  const [, sign, days, hours, minutes, seconds, fraction] = parts;
  const total =
    Number(days ?? 0) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(fraction ?? 0);
  return total * (sign ? -1000 : 1000);
}
