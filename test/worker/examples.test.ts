import { expect, it } from "vitest";
import { frame, uuid } from "../support/frames.ts";
import { WorkerClient } from "../support/worker-client.ts";

it("[CO2] answers the document's first example with CONNECT_ACK", async () => {
  const client = await WorkerClient.open();
  client.send(
    frame("CONNECT", { client_id: "test_client_1", auth_token: "test_token_1" }, uuid(1)),
  );
  expect(await client.next()).toMatchObject({
    type: "CONNECT_ACK",
    uuid: uuid(1),
    payload: { status: "success", client_id: "test_client_1", session_id: expect.any(String) },
  });
});

it("[SI1] routes a signal", async () => {
  const one = await WorkerClient.connect(1);
  const two = await WorkerClient.connect(2);
  one.send(frame("SIGNAL_OFFER", { target_client_id: "test_client_2", signal_data: "x" }, uuid(2)));
  expect(await two.next()).toEqual({
    type: "SIGNAL_OFFER",
    uuid: uuid(2),
    payload: {
      source_client_id: "test_client_1",
      target_client_id: "test_client_2",
      signal_data: "x",
    },
  });
});
