/** The log of frames on the page. */
import { appendTo, element, make, onClick } from "./dom.ts";
import { repeatedRows, type Counted } from "./wire-repeats.ts";
import { eventRow, messageRows, type WireRow } from "./wire-rows.ts";
import type { Tap } from "./wire-tap.ts";

/** More than a call needs. It keeps a page that stays open from growing. */
const MAX_ROWS = 400;

const ARROWS = { sent: "↑", received: "↓", event: "·" } as const;
const ARROW_LABELS = { sent: "sent", received: "received", event: "event" } as const;

interface Shown extends Counted {
  readonly item: HTMLLIElement;
}

/** Starts the log. Returns the tap for the WebSockets whose messages it shows. */
export function wireLog(): Tap {
  const list = element("frames", HTMLOListElement);
  const count = element("wire-count", HTMLParagraphElement);
  const totals = { frames: 0, bytes: 0 };
  let shown: Shown[] = [];

  onClick("wire-clear", () => {
    list.replaceChildren();
    shown = [];
    Object.assign(totals, { frames: 0, bytes: 0 });
    count.textContent = "No frames yet";
  });

  function show(row: WireRow): void {
    const item = rowElement(row, new Date());
    appendTo(list, item, MAX_ROWS);
    const isAnswer = row.direction === "received";
    const last = { key: row.key, isAnswer, times: 1, item };
    shown = mergeRepeats([...shown.slice(1 - MAX_ROWS), last]);
    if (row.bytes === null) return;
    totals.frames += 1;
    totals.bytes += row.bytes;
    count.textContent = `${totals.frames} frames, ${formatBytes(totals.bytes).replace(" ", "\u00a0")}`;
  }

  return {
    message: (direction, message) => messageRows(direction, message).forEach(show),
    event: (text) => show(eventRow(text)),
  };
}

/** Where the last rows repeat those before them, takes those away, and counts them. */
function mergeRepeats(rows: readonly Shown[]): Shown[] {
  const length = repeatedRows(rows);
  const kept = rows.slice(0, rows.length - 2 * length);
  if (length === 0) return kept;
  const before = rows.slice(-2 * length, -length);
  const merged = rows.slice(-length).map((row, at) => {
    const earlier = before[at];
    earlier?.item.remove();
    return { ...row, times: row.times + (earlier?.times ?? 0) };
  });
  for (const { item, times } of merged) {
    const label = item.querySelector(".frame-times");
    if (label !== null) label.textContent = ` ×${times}`;
  }
  return [...kept, ...merged];
}

function rowElement(row: WireRow, at: Date): HTMLLIElement {
  const item = document.createElement("li");
  item.className = "frame";
  item.dataset["direction"] = row.direction;
  item.dataset["type"] = row.type;
  if (row.isContinued) item.dataset["continued"] = "";
  const line = make(row.payload === "" ? "div" : "summary", "frame-line");
  const arrow = make("span", "frame-arrow", ARROWS[row.direction]);
  arrow.setAttribute("role", "img");
  const label = ARROW_LABELS[row.direction];
  arrow.setAttribute("aria-label", row.isContinued ? `${label} in the same message` : label);
  const type = make("span", "frame-type", row.type);
  type.append(make("span", "frame-times"));
  const words = make("span", "frame-words");
  words.append(make("span", "frame-party", row.party), make("span", "frame-gist", row.gist));
  const time = make("time", "frame-time", clock(at));
  time.append(make("span", "frame-milliseconds", `.${digits(at.getMilliseconds(), 3)}`));
  line.append(
    time,
    arrow,
    type,
    words,
    make("span", "frame-uuid", row.uuid),
    make("span", "frame-bytes", row.bytes === null ? "" : formatBytes(row.bytes)),
  );
  if (row.payload === "") item.append(line);
  else {
    const details = document.createElement("details");
    details.append(line, make("pre", "frame-payload", row.payload));
    item.append(details);
  }
  return item;
}

function clock(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => digits(part)).join(":");
}

function digits(number: number, least = 2): string {
  return String(number).padStart(least, "0");
}

function formatBytes(bytes: number): string {
  return bytes < 10_000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}
