/** What one peer says to the other, and what becomes of it. */
import type { SignalError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { PeerClient } from "./contract.ts";
import { SIGNAL_TYPE_OF, type PeerBody } from "./message.ts";

export class Line {
  /** The other side's session; null: it is not known yet. */
  remote: string | null = null;
  readonly #client: PeerClient;
  readonly #targetId: string;
  readonly #session: string;
  readonly #clock: Clock;
  readonly #failed: (error: SignalError) => void;
  #isAbsenceTold = false;
  #isClosed = false;

  /** `failed` is told what was not delivered, unless it is tried again, or told already. */
  constructor(
    client: PeerClient,
    targetId: string,
    session: string,
    clock: Clock,
    failed: (error: SignalError) => void,
  ) {
    this.#client = client;
    this.#targetId = targetId;
    this.#session = session;
    this.#clock = clock;
    this.#failed = failed;
  }

  /** Twice is harmless, whatever it is: so it is sent again where its outcome is unknown. */
  say(body: PeerBody): void {
    const data = { peer: { from: this.#session, to: this.remote, ...body } };
    const attempt = () => {
      this.#client
        .send(this.#targetId, SIGNAL_TYPE_OF[body.kind], data, { resend: true })
        .catch((error: SignalError) => this.#unsaid(error, attempt));
    };
    attempt();
  }

  /** The other side is there. */
  heard(): void {
    this.#isAbsenceTold = false;
  }

  /** Nothing is told, or tried again, from here on. */
  close(): void {
    this.#isClosed = true;
  }

  #unsaid(error: SignalError, again: () => void): void {
    if (this.#isClosed) return;
    const { code, retryAfterMs } = error;
    if (retryAfterMs !== undefined) {
      this.#clock.after(retryAfterMs, () => this.#isClosed || again());
      return;
    }
    // Of a client that has stopped its own events tell.
    if (code === "closed" || (code === "target-absent" && this.#isAbsenceTold)) return;
    this.#isAbsenceTold = code === "target-absent";
    this.#failed(error);
  }
}
