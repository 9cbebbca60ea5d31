/** What the tests of the clocks do again and again. */
import { expect } from "vitest";
import type { FakeHub } from "../../support/fake-hub.ts";
import { harness, Watched, type Harness } from "../../support/harness.ts";

type World = Pick<Harness, "hub" | "client">;

export function pings(messages: readonly unknown[]): number {
  return messages.filter((message) => message === "ping").length;
}

/** The current attempt fails, and its socket never opened. */
export async function fail({ hub }: Pick<Harness, "hub">): Promise<void> {
  await hub.clock.turn();
  hub.socket.closed(1006);
  await hub.clock.turn();
}

/** The pause goes by, if the client waits. */
export async function nextAttempt({ hub, client }: World): Promise<void> {
  while (client.state === "waiting") await hub.clock.advance(250);
  await hub.clock.turn();
}

/** The current attempt fails, and the next one begins. */
export async function failAndRetry(world: World): Promise<void> {
  await fail(world);
  await nextAttempt(world);
}

/** A client whose first attempt runs. */
export async function connecting(options: Parameters<typeof harness>[0] = {}) {
  const world = harness(options);
  const connect = new Watched(world.client.connect());
  await world.hub.clock.turn();
  return { ...world, connect };
}

/** The hub answers CONNECT with ERROR. */
export async function refuse(hub: FakeHub, code: number, more: object = {}): Promise<void> {
  await hub.clock.turn();
  hub.socket.open();
  hub.socket.refuse(code, hub.socket.frames[0]?.uuid, more);
}

/** Two sockets have not opened, and the client has asked why. */
export async function asking(options: Parameters<typeof harness>[0] = {}) {
  const world = await connecting(options);
  await failAndRetry(world);
  await fail(world);
  const [question] = world.hub.questions;
  if (question === undefined) throw new Error("the client has asked nothing");
  return { ...world, question };
}

/** The client drops its socket after so many milliseconds, and not before. */
export async function dropsAfter({ hub, client }: World, ms: number): Promise<void> {
  const before = hub.sockets.length;
  await hub.clock.advance(ms - 1);
  expect([client.state, hub.sockets.length]).toEqual(["connected", before]);
  await hub.clock.advance(1);
  expect(client.state).toBe("waiting");
}
