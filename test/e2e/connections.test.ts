/** What only real sockets show: close handshakes, a peer that dies, a message that is too large on the network. */
import { once } from "node:events";
import { join } from "node:path";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { frame, NIL, seen, uuid } from "../support/frames.ts";
import { idOf, NodeClient } from "../support/node-client.ts";
import { issueToken, NodeService } from "../support/node-service.ts";
import { ProcessGroup } from "../support/process-group.ts";
import { closeOf, frameHeader } from "../support/raw-web-socket.ts";

let service: NodeService;
beforeAll(async () => {
  // Without a limit of frames: one test asks again and again.
  service = await NodeService.start({ SIGNAL_MANAGER_LIMITS_FRAMES_PER_SECOND: "0" });
});
afterAll(() => service?.stop());

function offer(target: string, id: string): Uint8Array<ArrayBuffer> {
  return frame("SIGNAL_OFFER", { target_client_id: target, signal_data: "sdp" }, id);
}

describe("a client that ends its session", () => {
  it("[DC1] with DISCONNECT is closed with 1000", async () => {
    const client = await NodeClient.connect(service.url, 1);
    client.send(frame("DISCONNECT", { reason: "done" }));
    expect(await client.closed).toMatchObject({ code: 1000 });
  });

  it("[CL2] with a close code gets the same code back", async () => {
    const client = await NodeClient.connect(service.url, 1);
    client.close(3001);
    expect(await client.closed).toMatchObject({ code: 3001 });
  });

  it("[SI6] is not connected any more: a signal for it is answered with 404", async () => {
    const [one, two] = await Promise.all([
      NodeClient.connect(service.url, 1),
      NodeClient.connect(service.url, 2),
    ]);
    two.send(frame("DISCONNECT", {}));
    await two.closed;
    one.send(offer(idOf(2), uuid(1)));
    expect(await one.next()).toMatchObject({ type: "ERROR", payload: { error_code: 404 } });
  });

  it("[SI6] without a close frame, since it was killed, is not connected any more either", async () => {
    const script = join(import.meta.dirname, "../support/hold-connection.ts");
    const victim = new ProcessGroup(process.execPath, [script, service.url, "2"], process.env);
    await victim.printed(/connected/);
    const one = await NodeClient.connect(service.url, 1);
    await victim.end("SIGKILL");
    // The hub learns of it from the network some time later: until then signals go nowhere, and only the heartbeat is answered.
    for (let answer; answer?.type !== "ERROR";) {
      one.send(offer(idOf(2), uuid(7)));
      one.send(frame("HEARTBEAT", {}));
      answer = await nextFrame(one);
      if (answer.type === "ERROR") expect(answer).toMatchObject({ payload: { error_code: 404 } });
    }
  });
});

async function nextFrame(client: NodeClient) {
  const message = await client.next();
  if (typeof message === "string") throw new Error(`a text message: ${message}`);
  return message;
}

describe("a client that connects a second time", () => {
  it("[SE1] takes over its session: the first connection gets ERROR 409 and close 4409", async () => {
    const first = await NodeClient.connect(service.url, 1);
    const second = await NodeClient.connect(service.url, 1);
    expect(await first.next()).toMatchObject({
      type: "ERROR",
      uuid: NIL,
      payload: { error_code: 409 },
    });
    expect(await first.closed).toEqual({ code: 4409, reason: "replaced" });
    second.send(offer(idOf(1), uuid(2)));
    expect(await second.next()).toMatchObject({ type: "SIGNAL_OFFER", uuid: uuid(2) });
  });
});

describe("a large message", () => {
  it("[FR3] over 1 MiB closes its own connection with 4413, and no other", async () => {
    const [large, neighbour] = await Promise.all([
      NodeClient.connect(service.url, 1),
      NodeClient.connect(service.url, 2),
    ]);
    large.send(new Uint8Array(1_048_577));
    expect(await large.next()).toMatchObject({ type: "ERROR", payload: { error_code: 413 } });
    expect(await large.closed).toEqual({ code: 4413, reason: "too-large" });
    neighbour.send("ping");
    expect(await neighbour.next()).toBe("pong");
  });

  it("[CL3] over 32 MiB never reaches the hub: the platform closes with 1009, without ERROR", async () => {
    const neighbour = await NodeClient.connect(service.url, 2);
    const tooLarge = Buffer.concat([frameHeader(0x82, 32 * 1_048_576 + 1), Buffer.alloc(65_536)]);
    expect(await closeOf(service.url, tooLarge)).toMatchObject({ code: 1009 });
    neighbour.send("ping");
    expect(await neighbour.next()).toBe("pong");
  });

  it("[FR2] of fifteen frames of the largest size arrives whole", async () => {
    const one = await NodeClient.connect(service.url, 1);
    const two = await NodeClient.connect(service.url, 2);
    const frames = Array.from({ length: 15 }, (_, n) => largestOffer(uuid(n)));
    one.send(Buffer.concat(frames));
    for (const [n] of frames.entries()) {
      expect(await two.next()).toMatchObject({ type: "SIGNAL_OFFER", uuid: uuid(n) });
    }
  });
});

/** TEXT, in which source and target take the same room: the payload stays at 65,535 bytes. */
function largestOffer(id: string): Uint8Array<ArrayBuffer> {
  return frame("SIGNAL_OFFER", `${idOf(2)}:`.padEnd(65_535, "x"), id);
}

describe("a client that breaks RFC 6455", () => {
  it.each([
    ["with a reserved opcode", 0x83],
    ["with a continuation of nothing", 0x80],
  ])("[CL3] %s is closed with 1002 by the platform, and no other is", async (_, firstByte) => {
    const neighbour = await NodeClient.connect(service.url, 2);
    const frames = Buffer.concat([frameHeader(firstByte, 1), Uint8Array.of(1)]);
    expect(await closeOf(service.url, frames)).toMatchObject({ code: 1002 });
    neighbour.send("ping");
    expect(await neighbour.next()).toBe("pong");
  });
});

describe("credentials at the upgrade", () => {
  it("[UP3] in the subprotocol list are accepted, and signal-manager is selected", async () => {
    const token = await issueToken(["browser"]);
    const client = await NodeClient.open(service.url, ["signal-manager", `bearer.${token}`]);
    expect(client.protocol).toBe("signal-manager");
    expect(await client.expectAck(frame("CONNECT", { client_id: "browser" }))).toMatchObject({
      payload: { client_id: "browser" },
    });
  });

  it("[UP2] that are wrong get no socket", async () => {
    const protocols = ["signal-manager", "bearer.wrong"];
    await expect(NodeClient.open(service.url, protocols)).rejects.toThrow(/no socket/);
  });
});

describe("a client that offers compression", () => {
  it("[FR3] gets it, and a message counts as it was before it was compressed", async () => {
    const ws = new WebSocket(service.url, { perMessageDeflate: { threshold: 0 } });
    await once(ws, "open");
    expect(ws.extensions).toContain("permessage-deflate");
    const credentials = { client_id: idOf(1), auth_token: "test_token_1" };
    ws.send(frame("CONNECT", credentials, uuid(5)));
    const [ack] = await once(ws, "message");
    expect(seen(new Uint8Array(ack))).toMatchObject({ type: "CONNECT_ACK", uuid: uuid(5) });
    ws.send(new Uint8Array(1_048_577));
    const [code] = await once(ws, "close");
    expect(code).toBe(4413);
  });
});
