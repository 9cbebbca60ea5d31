/**
 * Whose turn it is to make an offer, so that offers do not cross: browsers seldom survive one that is taken back. The polite
 * side asks first. The other side, once its own offer has come to its end, says go, and makes none until the offer has come.
 * Pure.
 */
export class Turn {
  /** Whether the other side answers an ask. An SDK before this one does not. */
  isAskable = false;
  /** Under which number this side asks whether it may make an offer; 0: it does not. */
  ask = 0;
  /** Under which number the other side asked, and was told to make its offer; 0: it was not. */
  go = 0;
  readonly #isPolite: boolean;
  #asks = 0;
  #hasGo = false;
  /** Under which number the other side asks; 0: it does not. */
  #asked = 0;

  constructor(isPolite: boolean) {
    this.#isPolite = isPolite;
  }

  /** Whether no offer of the other side can cross one that begins now. */
  get isMine(): boolean {
    return this.#isPolite ? !this.isAskable || this.#hasGo : this.go === 0;
  }

  /** This side wants to make an offer. Returns whether that is news. */
  want(): boolean {
    if (this.ask !== 0 || !this.#isPolite) return false;
    this.ask = this.#asks += 1;
    return true;
  }

  /** This side makes no offer now. Returns whether the other side is to be told that it may. */
  yield(): boolean {
    if (this.#asked === this.go) return false;
    this.go = this.#asked;
    return true;
  }

  /** 0: the other side does not ask, or its offer has come. */
  heardAsk(number: number): void {
    if (this.#isPolite) return;
    if (number !== this.#asked) this.go = 0;
    this.#asked = number;
  }

  /** Returns whether this side asks still. If not, the other side waits for an offer in vain. */
  heardGo(number: number): boolean {
    return (this.#hasGo = number === this.ask);
  }

  /** The offer that was asked for has come to its end, or cannot be made. Returns whether this side asked. */
  end(): boolean {
    const hasAsked = this.ask !== 0;
    this.#hasGo = false;
    this.ask = 0;
    return hasAsked;
  }

  /** One of the two calls is another one now. */
  forget(): void {
    this.end();
    this.go = this.#asked = 0;
  }
}
