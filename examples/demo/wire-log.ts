/** The log of frames on the page. */
import { appendTo, element, make, onClick } from "./dom.ts";
import { eventRow, messageRows, type WireRow } from "./wire-rows.ts";
import type { Tap } from "./wire-tap.ts";

/** More than a call needs. It keeps a page that stays open from growing. */
const MAX_ROWS = 400;

const ARROWS = { sent: "↑", received: "↓", event: "·" } as const;
const ARROW_LABELS = { sent: "sent", received: "received", event: "event" } as const;

/** Starts the log. Returns the tap for the WebSockets whose messages it shows. */
export function wireLog(): Tap {
  const list = element("frames", HTMLOListElement);
  const count = element("wire-count", HTMLParagraphElement);
  const totals = { frames: 0, bytes: 0 };

  onClick("wire-clear", () => {
    list.replaceChildren();
    Object.assign(totals, { frames: 0, bytes: 0 });
    count.textContent = "No frames yet";
  });

  function show(row: WireRow): void {
    appendTo(list, rowElement(row, new Date()), MAX_ROWS);
    if (row.bytes === null) return;
    totals.frames += 1;
    totals.bytes += row.bytes;
    count.textContent = `${totals.frames} frames, ${formatBytes(totals.bytes)}`;
  }

  return {
    message: (direction, message) => messageRows(direction, message).forEach(show),
    event: (text) => show(eventRow(text)),
  };
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
  arrow.setAttribute("aria-label", ARROW_LABELS[row.direction]);
  const words = make("span", "frame-words");
  words.append(make("span", "frame-party", row.party), make("span", "frame-gist", row.gist));
  const time = make("time", "frame-time", clock(at));
  time.append(make("span", "frame-milliseconds", `.${digits(at.getMilliseconds(), 3)}`));
  line.append(
    time,
    arrow,
    make("span", "frame-type", row.type),
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
