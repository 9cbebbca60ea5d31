/** The notice with its buttons, the pills, and announcements for screen readers. */
import { element } from "./dom.ts";
import type { Tone } from "./words.ts";

export interface NoticeAction {
  readonly label: string;
  run(): void;
}

/** Shows a notice until it is dismissed or another one replaces it. */
export function notify(text: string, ...actions: readonly NoticeAction[]): void {
  const bar = element("notice-actions", HTMLDivElement);
  bar.replaceChildren(
    ...[...actions, { label: "Dismiss", run: () => {} }].map(({ label, run }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        dismiss();
        run();
      });
      return button;
    }),
  );
  element("notice", HTMLDivElement).hidden = false;
  element("notice-text", HTMLParagraphElement).textContent = text;
}

export function dismiss(): void {
  element("notice", HTMLDivElement).hidden = true;
}

/** Announces to screen readers a text that the page shows elsewhere. */
export function announce(text: string): void {
  element("status", HTMLParagraphElement).textContent = text;
}

/** Sets the text of a pill, a line with a coloured dot. The element `id`-text contains it. */
export function setPill(id: "hub" | "rtc", text: string, tone: Tone): void {
  element(id, HTMLParagraphElement).dataset["tone"] = tone;
  const label = element(`${id}-text`, HTMLSpanElement);
  if (label.textContent === text) return;
  label.textContent = text;
  announce(text);
}
