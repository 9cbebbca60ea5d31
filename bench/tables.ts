/** How the tables of the bench look. Pure. */
import type { Spread } from "./statistics.ts";

/** Makes each column as wide as its widest cell. */
export function alignRows(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** The median, and the quartiles in brackets. */
export function showSpread({ median, low, high }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
}

export function verdict(isReached: boolean): string {
  return isReached ? "reached" : "missed";
}

/** An amount of dollars, from $100 on without cents. */
export function dollars(amount: number): string {
  return amount >= 100 ? `$${count(Math.round(amount))}` : `$${amount.toFixed(2)}`;
}

/** A number with commas between thousands. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}
