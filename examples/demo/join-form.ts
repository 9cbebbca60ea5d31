/** Who this tab is to be: one of the test clients with a click, or any id and token. */
import { choose, chosen, element, onSubmit } from "./dom.ts";
import type { Identity } from "./tab-memory.ts";
import { testClientOf, testIdentity, type TestClient } from "./test-clients.ts";

export class JoinForm {
  readonly #id = element("join-id", HTMLInputElement);
  readonly #token = element("join-token", HTMLInputElement);

  constructor(onJoin: (identity: Identity) => void) {
    const choices = element("join-test", HTMLFieldSetElement);
    choices.addEventListener("change", () => this.#chose());
    onSubmit("join-form", () => onJoin({ clientId: this.#id.value, token: this.#token.value }));
    for (const field of [this.#id, this.#token]) {
      field.addEventListener("input", () => this.#label());
    }
  }

  /** The test clients are there to choose. */
  offer(which: TestClient): void {
    element("join-test", HTMLFieldSetElement).hidden = false;
    choose("as", String(which));
    this.#chose();
  }

  fill({ clientId, token }: Identity): void {
    const isOffered = !element("join-test", HTMLFieldSetElement).hidden;
    if (isOffered) choose("as", String(testClientOf(clientId) ?? ""));
    this.#id.value = clientId;
    this.#token.value = token;
    this.#show();
  }

  focus(): void {
    element("join-submit", HTMLButtonElement).focus();
  }

  #chose(): void {
    const as = chosen("as");
    const { clientId, token } =
      as === "1" ? testIdentity(1) : as === "2" ? testIdentity(2) : { clientId: "", token: "" };
    this.#id.value = clientId;
    this.#token.value = token;
    this.#show();
    if (as === "") this.#id.focus();
  }

  /** Who takes a test client need not see its token. */
  #show(): void {
    const isOffered = !element("join-test", HTMLFieldSetElement).hidden;
    element("join-own", HTMLDivElement).hidden = isOffered && chosen("as") !== "";
    this.#label();
  }

  #label(): void {
    const name = this.#id.value.trim();
    element("join-submit", HTMLButtonElement).textContent = name ? `Join as ${name}` : "Join";
  }
}
