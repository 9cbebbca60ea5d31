/** The operations on parked events. */
import { describe, expect, it } from "vitest";
import { createService } from "./support/service.ts";

describe("GET /admin/events/parked", () => {
  it("lists the parked events with the reason of each", async () => {
    const { json, status } = await createService().ask("GET", "/admin/events/parked?limit=2");
    expect(status).toBe(200);
    expect(json).toMatchObject({ events: [{ id: 1 }, { id: 2 }], next: 2 });
    expect(json).toMatchObject({
      events: {
        0: {
          id: 1,
          event_id: "event-1",
          event_type: "client.connected",
          hub: "main",
          time: "2026-11-23T06:00:00.000Z",
          parked_at: "2026-11-23T06:01:00.000Z",
          reason: "403 PERMISSION_DENIED",
          data: { client_id: "alice" },
        },
      },
    });
  });

  it("continues after an id", async () => {
    const { json } = await createService().ask("GET", "/admin/events/parked?after=2");
    expect(json).toMatchObject({ events: [{ id: 5 }], next: null });
  });
});

describe("POST /admin/events/retry", () => {
  it.each([
    ["all parked events", {}, null, 3],
    ["some parked events", { ids: [1, 5] }, [1, 5], 2],
    ["no event for an id that is not parked", { ids: [99] }, [99], 0],
  ])("queues %s, and answers with their number", async (_, body, asked, retried) => {
    const { ask, retries, observed } = createService();
    const answer = await ask("POST", "/admin/events/retry", body);
    expect(answer).toMatchObject({ status: 200, json: { retried } });
    expect(retries).toEqual([asked]);
    expect(observed).toEqual([
      { event: "admin.acted", operation: "retryParkedEvents", clientId: null },
    ]);
  });

  it("refuses an empty list, which could mean all events or none", async () => {
    const { ask, retries } = createService();
    expect((await ask("POST", "/admin/events/retry", { ids: [] })).status).toBe(400);
    expect(retries).toEqual([]);
  });
});
