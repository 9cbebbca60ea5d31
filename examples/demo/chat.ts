/** The chat of a call. */
import { appendTo, element, make, onSubmit } from "./dom.ts";

const MAX_MESSAGES = 500;

export class Chat {
  readonly #list = element("messages", HTMLOListElement);
  readonly #text = element("chat-text", HTMLInputElement);
  readonly #send = element("chat-send", HTMLButtonElement);

  /** `send` returns false if the message could not be sent. It then stays in its field. */
  constructor(send: (text: string) => boolean) {
    onSubmit("chat-form", () => {
      const text = this.#text.value.trim();
      if (text === "" || !send(text)) return;
      this.#text.value = "";
      this.#add("mine", "You", text);
    });
  }

  setOpen(isOpen: boolean): void {
    if (this.#text.disabled !== isOpen) return;
    this.#text.disabled = !isOpen;
    this.#send.disabled = !isOpen;
    this.#text.placeholder = isOpen ? "Say something" : "Not connected";
  }

  showReceived(from: string, text: string): void {
    this.#add("theirs", from, text);
  }

  clear(): void {
    this.#list.replaceChildren();
    this.setOpen(false);
  }

  #add(className: string, from: string, text: string): void {
    const item = make("li", `message ${className}`);
    item.append(make("span", "message-from", from), make("span", "message-text", text));
    appendTo(this.#list, item, MAX_MESSAGES);
  }
}
