/** Steps that the behaviour suites share. */
import { expect } from "vitest";
import { binary, frame, uuid, type Seen } from "../support/frames.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import type { Peer, TokenOptions, World } from "./world.ts";

/** Begins a session with a token in CONNECT. */
export async function connect(
  world: World,
  clientId: string,
  options?: TokenOptions,
): Promise<Peer> {
  const peer = await world.open(clientId);
  const auth_token = await world.token(clientId, options);
  await peer.send(frame("CONNECT", { client_id: clientId, auth_token }, uuid(0)));
  expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK", uuid: uuid(0) });
  return peer;
}

/** Sends one message and awaits its expected answers, in order. */
export async function expectAnswers(
  peer: Peer,
  message: Uint8Array | string,
  answers: readonly unknown[],
): Promise<void> {
  await peer.send(message);
  for (const answer of answers) expect(await peer.next()).toMatchObject(answer as object);
}

/** Nothing is on its way: what arrives next is the answer to a heartbeat that is sent now. */
export async function expectNothing(peer: Peer): Promise<void> {
  await peer.send(frame("HEARTBEAT", {}, uuid(0xfe)));
  expect(await peer.next()).toMatchObject({ type: "HEARTBEAT_ACK", uuid: uuid(0xfe) });
}

/** The session works: a signal to itself arrives. */
export async function expectAlive(peer: Peer, clientId: string): Promise<void> {
  await peer.send(signalTo(clientId, "alive?", uuid(0xfd)));
  expect(await peer.next()).toMatchObject({ type: "SIGNAL_OFFER", uuid: uuid(0xfd) });
}

export function error(code: ErrorCode, id: string = uuid(1), about: object = {}) {
  return { type: "ERROR", uuid: id, payload: { error_code: code, ...about } };
}

export function signalTo(target_client_id: string, signal_data: unknown, id?: string) {
  return frame("SIGNAL_OFFER", { target_client_id, signal_data }, id);
}

/** The same signal in each of the three payload types. */
export const SIGNAL_STYLES = [
  { style: "JSON", signal: (target: string, id?: string) => signalTo(target, "v=0", id) },
  {
    style: "TEXT",
    signal: (target: string, id?: string) => frame("SIGNAL_OFFER", `${target}:v=0`, id),
  },
  {
    style: "BINARY",
    signal: (target: string, id?: string) =>
      frame("SIGNAL_OFFER", binary([target], Uint8Array.of(1, 2, 3)), id),
  },
] as const;

export const CONNECT_STYLES = [
  {
    style: "JSON",
    hello: (client_id: string, auth_token: string, id?: string) =>
      frame("CONNECT", { client_id, auth_token }, id),
  },
  {
    style: "TEXT",
    hello: (clientId: string, token: string, id?: string) =>
      frame("CONNECT", `${clientId}:${token}`, id),
  },
  {
    style: "BINARY",
    hello: (clientId: string, token: string, id?: string) =>
      frame("CONNECT", binary([clientId, token]), id),
  },
] as const;

/** The code of an ERROR, whichever its payload type; null: it is no ERROR. */
export function errorCodeOf(message: Seen | string): number | null {
  if (typeof message === "string" || message.type !== "ERROR") return null;
  const { payload } = message;
  if (typeof payload === "string") return Number(payload.slice(0, payload.indexOf(":")));
  // Every other ERROR of the hub is JSON.
  return (payload as { error_code: number }).error_code;
}
