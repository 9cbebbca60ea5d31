/** Listeners that throw, and listeners that close, connect or remove something. */
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { concat, frame } from "../support/frames.ts";
import { connected, harness, Watched } from "./support/harness.ts";

const SIGNAL = { source_client_id: "bob", signal_data: 1 };

afterEach(() => vi.restoreAllMocks());

describe("a listener that throws", () => {
  it("causes an error event, and stops neither the other listeners nor the session", async () => {
    const { client, socket, errors } = await connected();
    const heard: string[] = [];
    client.on("signal", () => {
      throw new Error("mine");
    });
    client.on("signal", async () => {
      throw new Error("mine, later");
    });
    client.on("signal", ({ source }) => heard.push(source));
    socket.message(concat(frame("SIGNAL_OFFER", SIGNAL), frame("SIGNAL_OFFER", SIGNAL)));
    await vi.waitFor(() => expect(errors).toHaveLength(4));
    expect(heard).toEqual(["bob", "bob"]);
    expect(errors).toMatchObject([
      { code: "listener-failed", cause: { message: "mine" } },
      { code: "listener-failed", cause: { message: "mine" } },
      { code: "listener-failed", cause: { message: "mine, later" } },
      { code: "listener-failed", cause: { message: "mine, later" } },
    ]);
    expect(client.state).toBe("connected");
  });

  it("causes an error event if its promise is of another realm or a library", async () => {
    const { client, socket, errors } = await connected();
    client.on("signal", () => runInNewContext("Promise.reject('theirs')") as unknown);
    // A thenable, as old libraries have them.
    client.on("signal", () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then: (_: unknown, reject: (cause: string) => void) => reject("old"),
    }));
    socket.sendFrame("SIGNAL_OFFER", SIGNAL);
    await vi.waitFor(() => expect(errors).toHaveLength(2));
    expect(errors.map(({ cause }) => cause).toSorted()).toEqual(["old", "theirs"]);
  });

  it("is reported on the console if it listens to `error`", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const { client, socket } = await connected();
    client.on("error", () => {
      throw new Error("mine");
    });
    socket.message("hello");
    expect(printed.mock.calls).toMatchObject([[{ code: "listener-failed" }]]);
    expect(client.state).toBe("connected");
  });

  it("does not keep the client from connecting if it listens to `state`", async () => {
    const { client, hub, errors } = harness();
    client.on("state", () => {
      throw new Error("mine");
    });
    const connecting = new Watched(client.connect());
    await hub.accept();
    expect(await connecting.now()).toBe("done");
    expect(errors).toMatchObject([{ code: "listener-failed" }, { code: "listener-failed" }]);
  });
});

describe("a listener", () => {
  it("that closes the client at the first signal of a message gets no second one", async () => {
    const { client, socket, signals } = await connected();
    client.on("signal", () => void client.close());
    socket.message(concat(frame("SIGNAL_OFFER", SIGNAL), frame("SIGNAL_OFFER", SIGNAL)));
    expect(signals).toHaveLength(1);
    expect(client.state).toBe("closed");
  });

  it("may close the client in any state", async () => {
    for (const when of ["connecting", "connected", "waiting"]) {
      const { client, hub } = harness();
      client.on("state", (state) => state === when && client.close());
      const connecting = new Watched(client.connect());
      await hub.clock.turn();
      if (when !== "connecting") {
        hub.socket.open();
        hub.socket.acceptConnect();
      }
      if (when === "waiting") hub.socket.closed(1006);
      await hub.clock.advance(10_000);
      expect(client.state).toBe("closed");
      expect(hub.sockets.length).toBeLessThan(2);
      expect(hub.clock.delaysMs).toEqual([]);
      expect(connecting.outcome).not.toBe("pending");
    }
  });

  it("may connect a client that has stopped, and the last state event is the current state", async () => {
    const { client, hub, socket, states } = await connected();
    client.on("error", () => void client.connect());
    socket.closed(4409);
    expect(client.state).toBe("connecting");
    expect(states.at(-1)).toBe("connecting");
    await hub.accept();
    expect(client.state).toBe("connected");
  });

  it("may remove itself", async () => {
    const { client, socket } = await connected();
    let heard = 0;
    const off = client.on("signal", () => {
      heard += 1;
      off();
    });
    socket.sendFrame("SIGNAL_OFFER", SIGNAL);
    socket.sendFrame("SIGNAL_OFFER", SIGNAL);
    expect(heard).toBe(1);
  });
});
