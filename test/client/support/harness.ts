/** A client of a fake hub, and its events. */
import { SignalClient } from "../../../src/client/client.ts";
import type { SignalError } from "../../../src/client/errors.ts";
import type { ClientState } from "../../../src/client/connection/reconnector.ts";
import type { SignalClientOptions } from "../../../src/client/options.ts";
import type { Signal } from "../../../src/client/signal.ts";
import { FakeHub, type FakeSocket } from "./fake-hub.ts";
import { settled } from "./hand-clock.ts";

export interface Harness {
  readonly hub: FakeHub;
  readonly client: SignalClient;
  readonly errors: SignalError[];
  readonly states: ClientState[];
  readonly signals: Signal[];
}

export function harness(options: Partial<SignalClientOptions> = {}): Harness {
  const hub = new FakeHub();
  const given = { url: "wss://hub.test/", clientId: "alice", token: "token", ...options };
  const client = new SignalClient(given, hub.ports);
  const events: Pick<Harness, "errors" | "states" | "signals"> = {
    errors: [],
    states: [],
    signals: [],
  };
  client.on("error", (error) => events.errors.push(error));
  client.on("state", (state) => events.states.push(state));
  client.on("signal", (signal) => events.signals.push(signal));
  return { hub, client, ...events };
}

export async function connected(
  options: Partial<SignalClientOptions> = {},
): Promise<Harness & { readonly socket: FakeSocket }> {
  const world = harness(options);
  const connecting = world.client.connect();
  const socket = await world.hub.accept();
  await connecting;
  return { ...world, socket };
}

export type Outcome = "pending" | "done" | SignalError;

/** The outcome of a promise. It is up to date after a turn. */
export class Watched {
  outcome: Outcome = "pending";

  constructor(promise: Promise<unknown>) {
    promise.then(
      () => (this.outcome = "done"),
      // The client rejects with SignalErrors alone. Tests check the code.
      (error: SignalError) => (this.outcome = error),
    );
  }

  async now(): Promise<Outcome> {
    await settled();
    return this.outcome;
  }
}
