/** The chart of the README: one panel per measure, and one bar per server with the quartiles across its end. Pure. */
import type { Spread } from "../statistics.ts";

export interface Bar {
  readonly label: string;
  readonly value: Spread;
  /** Whether the bar is Signal Manager's, which is drawn in colour. */
  readonly isOurs: boolean;
}

export interface Panel {
  readonly title: string;
  /** The unit, and whether more or less is better. */
  readonly note: string;
  readonly bars: readonly Bar[];
  readonly digits: number;
}

const WIDTH = 960;
const COLUMNS = 2;
const MARGIN = 24;
const HEAD = 62;
const PANEL_HEAD = 50;
const ROW = 26;
const BAR = 16;
const LABEL = 158;
const VALUE = 62;
const GAP = 28;
const FOOT = 34;

/** Legible on light and on dark pages: the picture follows the reader's colour scheme, and draws its own background. */
const STYLE = `
    svg { color-scheme: light dark; }
    text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
    .ground { fill: #ffffff; stroke: #d1d9e0; }
    .heading { font-size: 18px; font-weight: 600; }
    .title { font-size: 14px; font-weight: 600; }
    .note { font-size: 12px; fill: #59636e; }
    .value { font-size: 12px; font-variant-numeric: tabular-nums; }
    .bar { fill: #8c959f; }
    .ours { fill: #0969da; }
    .ours-label { font-weight: 600; }
    .spread { stroke: #1f2328; stroke-width: 1.2; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .ground { fill: #0d1117; stroke: #3d444d; }
      .note { fill: #9198a1; }
      .bar { fill: #656c76; }
      .ours { fill: #4493f8; }
      .spread { stroke: #f0f6fc; }
    }`;

export function chart(heading: string, foot: string, panels: readonly Panel[]): string {
  const panelWidth = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
  const rows: Panel[][] = [];
  for (let at = 0; at < panels.length; at += COLUMNS) rows.push(panels.slice(at, at + COLUMNS));
  let top = HEAD;
  const drawn: string[] = [];
  for (const row of rows) {
    for (const [column, panel] of row.entries()) {
      drawn.push(drawPanel(panel, MARGIN + column * (panelWidth + GAP), top, panelWidth));
    }
    top += PANEL_HEAD + ROW * Math.max(...row.map(({ bars }) => bars.length)) + GAP;
  }
  const height = top + FOOT - GAP / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">
  <title id="title">${escapeXml(heading)}</title>
  <desc id="description">${escapeXml(describe(panels))}</desc>
  <style>${STYLE}
  </style>
  <rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
  <text class="heading" x="${MARGIN}" y="38">${escapeXml(heading)}</text>
${drawn.join("\n")}
  <text class="note" x="${MARGIN}" y="${height - 16}">${escapeXml(foot)}</text>
</svg>
`;
}

function drawPanel(
  { title, note, bars, digits }: Panel,
  x: number,
  y: number,
  width: number,
): string {
  const room = width - LABEL - VALUE;
  const longest = Math.max(...bars.map(({ value }) => value.high));
  const scale = (value: number) => round((value / longest) * room);
  const drawn = bars.map(({ label, value, isOurs }, at) => {
    const top = y + PANEL_HEAD + at * ROW;
    const middle = top + BAR / 2;
    const from = x + LABEL;
    const [low, high] = [round(from + scale(value.low)), round(from + scale(value.high))];
    const spreadLine = `M${low} ${middle}H${high}M${low} ${middle - 4}v8M${high} ${middle - 4}v8`;
    return `  <g>
    <text${isOurs ? ' class="ours-label"' : ""} x="${from - 8}" y="${middle + 4}" text-anchor="end">${escapeXml(label)}</text>
    <rect class="bar${isOurs ? " ours" : ""}" x="${from}" y="${top}" width="${scale(value.median)}" height="${BAR}" rx="2"/>
${low === high ? "" : `    <path class="spread" d="${spreadLine}"/>\n`}    <text class="value" x="${round(high + 6)}" y="${middle + 4}">${shown(value.median, digits)}</text>
  </g>`;
  });
  return [
    `  <text class="title" x="${x}" y="${y + 16}">${escapeXml(title)}</text>`,
    `  <text class="note" x="${x}" y="${y + 34}">${escapeXml(note)}</text>`,
    ...drawn,
  ].join("\n");
}

/** The values as text, for screen readers. */
function describe(panels: readonly Panel[]): string {
  return panels
    .map(({ title, bars, digits }) => {
      const values = bars.map(({ label, value }) => `${label} ${shown(value.median, digits)}`);
      return `${title}: ${values.join(", ")}.`;
    })
    .join(" ");
}

function shown(value: number, digits: number): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
