/** The form that chooses who this tab is: one of the test clients, or any client id and token. */
import { choose, chosen, element, onSubmit, setFieldFault } from "./dom.ts";
import type { FieldFault } from "./field-faults.ts";
import type { Identity } from "./tab-memory.ts";
import { testClientOf, testIdentity, type TestClient } from "./test-clients.ts";

export class JoinForm {
  readonly #id = element("join-id", HTMLInputElement);
  readonly #token = element("join-token", HTMLInputElement);

  constructor(onJoin: (identity: Identity) => void) {
    const choices = element("join-test", HTMLFieldSetElement);
    choices.addEventListener("change", () => this.#onChoice());
    onSubmit("join-form", () => {
      this.#clearFault();
      // Keyboards of phones append a space to a word.
      onJoin({ clientId: this.#id.value.trim(), token: this.#token.value.trim() });
    });
    for (const field of [this.#id, this.#token]) {
      field.addEventListener("input", () => {
        this.#clearFault();
        this.#showLabel();
      });
    }
  }

  /** Shows the choice of test clients. */
  offer(which: TestClient): void {
    element("join-test", HTMLFieldSetElement).hidden = false;
    choose("as", String(which));
    this.#onChoice();
  }

  fill({ clientId, token }: Identity): void {
    const isOffered = !element("join-test", HTMLFieldSetElement).hidden;
    if (isOffered) choose("as", String(testClientOf(clientId) ?? ""));
    this.#id.value = clientId;
    this.#token.value = token;
    this.#showFields();
  }

  /** Marks the field that the fault is about, and shows it if a test client hides it. */
  showFault({ field, text }: FieldFault): void {
    choose("as", "");
    this.#showFields();
    setFieldFault(`join-${field}`, text);
    (field === "id" ? this.#id : this.#token).focus();
  }

  focus(): void {
    element("join-submit", HTMLButtonElement).focus();
  }

  #onChoice(): void {
    const as = chosen("as");
    const { clientId, token } =
      as === "1" ? testIdentity(1) : as === "2" ? testIdentity(2) : { clientId: "", token: "" };
    this.#id.value = clientId;
    this.#token.value = token;
    this.#clearFault();
    this.#showFields();
    if (as === "") this.#id.focus();
  }

  /** Hides id and token while a test client is chosen. */
  #showFields(): void {
    const isOffered = !element("join-test", HTMLFieldSetElement).hidden;
    element("join-own", HTMLDivElement).hidden = isOffered && chosen("as") !== "";
    this.#showLabel();
  }

  #clearFault(): void {
    setFieldFault("join-id", null);
    setFieldFault("join-token", null);
  }

  #showLabel(): void {
    const name = this.#id.value.trim();
    element("join-submit", HTMLButtonElement).textContent = name ? `Join as ${name}` : "Join";
  }
}
