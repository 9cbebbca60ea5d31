/** The sink `log`. */
import { expect, it } from "vitest";
import { createLogSink, type EventFields } from "../../../src/events/sinks/log.ts";
import { connected, stored } from "../../support/events.ts";
import { describeSink } from "./sink-contract.ts";

describeSink("log", async () => {
  const lines: EventFields[] = [];
  return {
    sink: createLogSink((fields) => lines.push(fields)),
    arrived: async () => lines.map(({ id }) => String(id)),
    // It writes to a console that takes everything.
    failures: [],
    dispose: () => {},
  };
});

it("The sink log writes the envelope of an event and its data into one line", async () => {
  const lines: EventFields[] = [];
  const sink = createLogSink((fields) => lines.push(fields));
  await sink.batch([stored(connected("alice"), { hub: "h1of2", id: "e-1" })]).publish();
  expect(lines).toEqual([
    {
      id: "e-1",
      hub: "h1of2",
      type: "client.connected",
      at: "2026-11-23T06:00:00.000Z",
      client_id: "alice",
      session_id: "3f0c9a52-5d0e-4c4e-9d5a-0d7f4f0b6a11",
      connected_at: "2026-11-23T06:00:00.000Z",
    },
  ]);
});

it("The sink log takes events at once, so that no row is stored for it", () => {
  expect(createLogSink(() => {}).delivery).toBe("immediate");
});
