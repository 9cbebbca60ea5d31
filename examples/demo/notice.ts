/** What the page says in words: a notice with what can be done about it, and news for those who do not look. */
import { element } from "./dom.ts";
import type { Tone } from "./words.ts";

export interface NoticeAction {
  readonly label: string;
  run(): void;
}

/** Stays until it is dismissed, or another takes its place. */
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

/** For screen readers; what it says is to be seen elsewhere. */
export function announce(text: string): void {
  element("status", HTMLParagraphElement).textContent = text;
}

/** A pill is a line with a coloured dot; `id` has its text in `id-text`. */
export function setPill(id: "hub" | "rtc", text: string, tone: Tone): void {
  element(id, HTMLParagraphElement).dataset["tone"] = tone;
  const line = element(`${id}-text`, HTMLSpanElement);
  if (line.textContent === text) return;
  line.textContent = text;
  announce(text);
}
