/** What every part of the page does with elements. */

/** The element with this id. @throws if index.html has no such element of this class, which is a bug of the page. */
export function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return found;
}

export function onClick(id: string, run: () => void): HTMLButtonElement {
  const button = element(id, HTMLButtonElement);
  button.addEventListener("click", run);
  return button;
}

/** Runs `run` instead of the browser's own submission. */
export function onSubmit(id: string, run: () => void): void {
  element(id, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
}

/** Marks a field as wrong, and says why in the element `id`-error; null clears the mark. */
export function setFieldFault(id: string, text: string | null): void {
  const field = element(id, HTMLInputElement);
  if (text === null) field.removeAttribute("aria-invalid");
  else field.ariaInvalid = "true";
  const fault = element(`${id}-error`, HTMLParagraphElement);
  fault.hidden = text === null;
  fault.textContent = text;
}

/** A new element with a class and text. */
export function make(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Appends `item`, drops the oldest items beyond `max`, and scrolls to the end if the reader was there. */
export function appendTo(list: HTMLElement, item: HTMLElement, max: number): void {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(item);
  while (list.childElementCount > max) list.firstElementChild?.remove();
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

/** The value of the checked radio button of a group, or "". */
export function chosen(name: string): string {
  return document.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value ?? "";
}

export function choose(name: string, value: string): void {
  const radio = document.querySelector<HTMLInputElement>(
    `input[name="${name}"][value="${CSS.escape(value)}"]`,
  );
  if (radio !== null) radio.checked = true;
}
