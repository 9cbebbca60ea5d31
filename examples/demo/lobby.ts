/** Between calls: whom to call and with what, and a call that comes in. */
import { chosen, element, onClick, onSubmit, setFieldFault } from "./dom.ts";
import { parseCallKind, type CallKind } from "./media.ts";
import { otherThan, testClientOf, testIdentity } from "./test-clients.ts";

export interface LobbyActions {
  call(target: string, kind: CallKind): void;
  answer(kind: CallKind): void;
  decline(): void;
}

export class Lobby {
  readonly #target = element("lobby-target", HTMLInputElement);
  readonly #second = element("lobby-second", HTMLAnchorElement);

  constructor({ call, answer, decline }: LobbyActions) {
    onSubmit("lobby-form", () => call(this.#target.value.trim(), this.kind));
    this.#target.addEventListener("input", () => setFieldFault("lobby-target", null));
    onClick("ringing-answer", () => answer(this.kind));
    onClick("ringing-silent", () => answer(this.kind === "video" ? "sound" : "chat"));
    onClick("ringing-decline", decline);
  }

  get kind(): CallKind {
    return parseCallKind(chosen("with")) ?? "video";
  }

  /** Suggests that a test client calls the other one, and offers to open a tab for it. */
  enter(clientId: string): void {
    const which = testClientOf(clientId);
    const other = which === null ? null : testIdentity(otherThan(which)).clientId;
    if (this.#target.value === "" || this.#target.value === clientId) {
      this.#target.value = other ?? "";
    }
    this.#second.hidden = other === null;
    element("lobby-hint", HTMLParagraphElement).hidden = other === null;
    if (which === null) return;
    this.#second.href = `?as=${otherThan(which)}`;
    this.#second.textContent = `Open a tab as ${other}`;
  }

  /** Marks the field of whom to call. */
  showFault(text: string): void {
    setFieldFault("lobby-target", text);
    this.#target.focus();
  }

  focus(): void {
    element("lobby-call", HTMLButtonElement).focus();
  }

  ring(caller: string): void {
    element("ringing-from", HTMLElement).textContent = caller;
    element("ringing-silent", HTMLButtonElement).textContent =
      this.kind === "video" ? "Answer without camera" : "Answer with chat only";
  }
}
