/** A client that reads nothing but goes on sending, on a real socket: what waits for it must not grow without bound. */
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { errorCodeOf } from "../behaviour/steps.ts";
import { frame, uuid, type Seen } from "../support/frames.ts";
import { idOf, NodeClient } from "../support/node-client.ts";
import { NodeService } from "../support/node-service.ts";

let service: NodeService;
beforeAll(async () => {
  // Without a limit of frames, which would refuse the flood before it fills anything.
  service = await NodeService.start({ SIGNAL_MANAGER_LIMITS_FRAMES_PER_SECOND: "0" });
});
afterAll(() => service?.stop());

const SIGNAL_BYTES = 60_000;

/** The buffers of the network are outside the hub, and hold a dozen megabytes at most. */
const MAX_SIGNALS = 64_000_000 / SIGNAL_BYTES;

/** Sends one client's signals to the other until one is refused; null: none of 64 MB was. */
async function floodUntilRefused(source: NodeClient, target: string): Promise<Seen | null> {
  const large = { target_client_id: target, signal_data: "x".repeat(SIGNAL_BYTES) };
  for (let sent = 0; sent < MAX_SIGNALS; sent += 10) {
    for (let n = 0; n < 10; n += 1) source.send(frame("SIGNAL_OFFER", large, uuid(1)));
    source.send(frame("HEARTBEAT", {}, uuid(2)));
    for (;;) {
      const answer = await source.next();
      if (typeof answer === "string") continue;
      if (answer.type === "ERROR") return answer;
      if (answer.type === "HEARTBEAT_ACK") break;
    }
  }
  return null;
}

it("[RL3] the hub refuses signals to a client that stopped reading, and closes it when it goes on sending", async () => {
  // Compressed, 64 MB of one letter are nothing.
  const reader = new WebSocket(service.url, { perMessageDeflate: false });
  await once(reader, "open");
  reader.send(frame("CONNECT", { client_id: idOf(1), auth_token: "test_token_1" }));
  await once(reader, "message");
  reader.pause();
  const source = await NodeClient.connect(service.url, 2);
  const refused = await floodUntilRefused(source, idOf(1));
  expect(refused).toMatchObject({ payload: { error_code: 503, target_client_id: idOf(1) } });
  reader.send(frame("HEARTBEAT", {}));
  const closed = once(reader, "close");
  // Answers to the flood come first. The hub has seen the reader's heartbeat once signals have no target any more.
  for (let code: number | null = null; code !== 404; code = errorCodeOf(await source.next())) {
    source.send(frame("SIGNAL_OFFER", { target_client_id: idOf(1), signal_data: 1 }, uuid(3)));
  }
  reader.resume();
  expect(await closed).toMatchObject([4429, expect.anything()]);
});
