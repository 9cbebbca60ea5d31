/** The phases of the page, and the sections that each of them shows. */
import type { Signal } from "../../src/client/index.ts";
import { element } from "./dom.ts";
import type { CallKind } from "./media.ts";

export type Phase =
  /** The tab has not joined. */
  | { readonly kind: "out" }
  | { readonly kind: "joining" }
  | { readonly kind: "lobby" }
  | { readonly kind: "ringing"; readonly call: Signal }
  /** The browser asks the user for camera and microphone. */
  | { readonly kind: "asking"; readonly target: string; readonly callKind: CallKind }
  | { readonly kind: "call"; readonly target: string };

const SECTIONS: Readonly<Record<Phase["kind"], readonly string[]>> = {
  out: ["join"],
  joining: ["joining"],
  lobby: ["lobby"],
  ringing: ["ringing"],
  asking: ["call"],
  call: ["call", "chat"],
};

export function showPhase({ kind }: Phase): void {
  document.body.dataset["phase"] = kind;
  for (const id of ["join", "joining", "lobby", "ringing", "call", "chat"]) {
    element(id, HTMLElement).hidden = !SECTIONS[kind].includes(id);
  }
  element("leave", HTMLButtonElement).hidden = kind === "out" || kind === "joining";
}
