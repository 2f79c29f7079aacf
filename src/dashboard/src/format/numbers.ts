// As in the reports (docs/report-schema.md): 1,138 rows, 73.46 %, $0.0625.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function count(value: number): string {
  return whole.format(value);
}

/** "1 row", "2 rows". */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A share from 0 to 1 as "73.46 %". */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** A difference of shares as "+1.2 points", with a real minus sign. */
export function points(difference: number, digits = 1): string {
  const value = difference * 100;
  const shown = Math.abs(value).toFixed(digits);
  return `${Number(shown) === 0 ? "" : signOf(value)}${shown} points`;
}

/** A difference with its sign, "+3" or "−12". */
export function signed(difference: number, shown: (size: number) => string = count): string {
  return `${signOf(difference)}${shown(Math.abs(difference))}`;
}

function signOf(value: number): string {
  return value < 0 ? "−" : value > 0 ? "+" : "";
}

/** A score that is no share: kappa, log loss. */
export function decimal(value: number, digits = 3): string {
  return value.toFixed(digits).replace("-", "−");
}

/** A p value as "p = 0.03" or "p < 0.001". */
export function probability(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p < 0.1 ? p.toFixed(3) : p.toFixed(2)}`;
}

/** USD with cents, or with two significant digits below a cent. */
export function usd(value: number): string {
  if (value === 0) return "$0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1000) return `${sign}$${whole.format(size)}`;
  if (size >= 0.01) return `${sign}$${size.toFixed(size < 0.1 ? 3 : 2)}`;
  return `${sign}$${size.toPrecision(2)}`;
}

const units = ["B", "KB", "MB", "GB", "TB"];

export function bytes(value: number): string {
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : size.toFixed(0)} ${units[unit]}`;
}
