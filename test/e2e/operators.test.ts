/** What operators have of the real service: its numbers, read by Prometheus' own tool, and the admin API over HTTP. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { issueJwt } from "../../src/auth/jwt.ts";
import { clientId } from "../support/client-ids.ts";
import { frame, uuid } from "../support/frames.ts";
import { NodeClient } from "../support/node-client.ts";
import { NodeService } from "../support/node-service.ts";
import { announceMissingPromtool, hasPromtool, promtool } from "../support/promtool.ts";

const ADMIN_TOKEN = "the-admin-token-of-the-tests";
const METRICS_TOKEN = "the-metrics-token-of-the-tests";

announceMissingPromtool("the check of a running service's /metrics by promtool");

let service: NodeService;

beforeAll(async () => {
  service = await NodeService.start({
    SIGNAL_MANAGER_EVENTS_SINKS: "none",
    SIGNAL_MANAGER_ADMIN_TOKEN: ADMIN_TOKEN,
    SIGNAL_MANAGER_METRICS_TOKEN: METRICS_TOKEN,
  });
});
afterAll(() => service?.stop());

function http(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, service.url.replace(/^ws/, "http")), init);
}

function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

async function admin(method: string, path: string, body?: object): Promise<[number, unknown]> {
  const headers = { ...bearer(ADMIN_TOKEN), "content-type": "application/json" };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await http(`/admin${path}`, init);
  const text = await response.text();
  return [response.status, text === "" ? null : JSON.parse(text)];
}

async function connect(id: string, token: string): Promise<NodeClient> {
  const client = await NodeClient.open(service.url);
  await client.expectAck(frame("CONNECT", { client_id: id, auth_token: token }));
  return client;
}

async function connectAs(id: string): Promise<NodeClient> {
  const claims = { clientId: clientId(id) };
  return connect(id, await issueJwt(PUBLIC_TOKEN_SECRET, claims, 3600, Date.now()));
}

async function scrape(): Promise<string> {
  return (await http("/metrics", { headers: bearer(METRICS_TOKEN) })).text();
}

function valueOf(text: string, series: string): number {
  const line = text.split("\n").find((known) => known.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? Number.NaN);
}

describe("/metrics of the running service", () => {
  it("refuses requests without its token", async () => {
    expect((await http("/metrics")).status).toBe(401);
    expect((await http("/metrics", { headers: bearer(ADMIN_TOKEN) })).status).toBe(401);
  });

  it("counts sessions, frames by type, errors by code, session durations, and the rest", async () => {
    const [dave, erin] = [await connectAs("dave"), await connectAs("erin")];
    for (const n of [1, 2, 3]) {
      dave.send(frame("SIGNAL_OFFER", { target_client_id: "erin", signal_data: n }, uuid(n)));
      await erin.next();
    }
    dave.send(frame("SIGNAL_ANSWER", { target_client_id: "nobody", signal_data: 1 }, uuid(4)));
    expect(await dave.next()).toMatchObject({ type: "ERROR", payload: { error_code: 404 } });
    dave.close(1000);
    // Hubs report within five seconds of a count, the Worker within one.
    const text = await vi.waitUntil(
      async () => {
        const now = await scrape();
        const [answers, upgrades, ended] = [
          'signal_manager_frames_total{type="signal_answer"}',
          'signal_manager_upgrades_total{status="101"}',
          'signal_manager_sessions_ended_total{reason="closed"}',
        ].map((series) => valueOf(now, series));
        return answers === 1 && upgrades === 2 && ended === 1 ? now : null;
      },
      { timeout: 30_000, interval: 250 },
    );
    const by = (series: string) => valueOf(text, `signal_manager_${series}`);
    expect(by("sessions")).toBe(1);
    expect(by('frames_total{type="connect"}')).toBe(2);
    expect(by('frames_total{type="signal_offer"}')).toBe(3);
    expect(by('signals_delivered_total{type="signal_offer"}')).toBe(3);
    expect(by('signals_undelivered_total{code="404"}')).toBe(1);
    expect(by('errors_total{code="404"}')).toBe(1);
    expect(by('upgrades_total{status="101"}')).toBe(2);
    expect(by("frame_bytes_count")).toBe(6);
    expect(by('sessions_ended_total{reason="closed"}')).toBe(1);
    expect(by("session_duration_seconds_count")).toBe(1);
    erin.close(1000);
  });

  it.skipIf(!hasPromtool)("is what promtool reads without a complaint", async () => {
    expect(promtool(["check", "metrics"], await scrape())).toEqual({ status: 0, output: "" });
  });
});

describe("the admin API of the running service", () => {
  it("refuses requests without its token", async () => {
    for (const headers of [{}, bearer("another-token-of-the-same-kind")]) {
      const response = await http("/admin/sessions", { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get("content-type")).toContain("application/problem+json");
    }
  });

  it("issues a token, with which a client connects and may signal whom the token names", async () => {
    const order = { client_id: "zoë", expires_in: 60, targets: ["room-*"] };
    const [status, issued] = await admin("POST", "/tokens", order);
    expect([status, issued]).toMatchObject([200, { client_id: "zoë" }]);
    // The schema of the answer says so, and the line above.
    const { token } = issued as { token: string };
    const zoe = await connect("zoë", token);
    const room = await connectAs("room-1");
    zoe.send(frame("SIGNAL_OFFER", { target_client_id: "room-1", signal_data: 1 }, uuid(1)));
    expect(await room.next()).toMatchObject({ payload: { source_client_id: "zoë" } });
    zoe.send(frame("SIGNAL_OFFER", { target_client_id: "alice", signal_data: 1 }, uuid(2)));
    expect(await zoe.next()).toMatchObject({ type: "ERROR", payload: { error_code: 403 } });
    zoe.close();
    room.close();
  });

  it("delivers a backend's signal, or says why it cannot", async () => {
    const bob = await connectAs("bob");
    const signal = { target_client_id: "bob", type: "offer", signal_data: { sdp: "v=0" } };
    const [status, delivered] = await admin("POST", "/signals", signal);
    expect([status, delivered]).toMatchObject([200, { status: "delivered" }]);
    expect(await bob.next()).toEqual({
      type: "SIGNAL_OFFER",
      uuid: (delivered as { uuid: string }).uuid,
      payload: {
        source_client_id: "backend",
        target_client_id: "bob",
        signal_data: { sdp: "v=0" },
      },
    });
    expect(
      await admin("POST", "/signals", { ...signal, target_client_id: "nobody" }),
    ).toMatchObject([404, { status: 404 }]);
    bob.close();
  });

  it("[SE7] lists a session, shows it, and ends it with ERROR 403 and close 4403", async () => {
    const carol = await connectAs("carol");
    await vi.waitUntil(async () => {
      const [, page] = await admin("GET", "/sessions?prefix=car");
      return (page as { sessions: unknown[] }).sessions.length === 1;
    });
    expect(await admin("GET", "/sessions/carol")).toMatchObject([
      200,
      { client_id: "carol", hub: "main", message_count: 1, last_activity: expect.any(String) },
    ]);
    expect(await admin("DELETE", "/sessions/carol")).toEqual([204, null]);
    expect(await carol.next()).toMatchObject({ type: "ERROR", payload: { error_code: 403 } });
    expect(await carol.closed).toMatchObject({ code: 4403 });
    expect(await admin("DELETE", "/sessions/carol")).toMatchObject([404, { status: 404 }]);
  });

  it("names every fault of a request at once", async () => {
    const [status, problem] = await admin("POST", "/tokens", { client_id: "", expires_in: 0 });
    expect([status, problem]).toMatchObject([
      400,
      { errors: [{ pointer: "#/client_id" }, { pointer: "#/expires_in" }] },
    ]);
  });
});

describe("with events.sinks = none", () => {
  it("the service publishes no event, queues none, and still counts", async () => {
    const frank = await connectAs("frank");
    frank.close(1000);
    await frank.closed;
    const ended = 'signal_manager_sessions_ended_total{reason="closed"}';
    await vi.waitUntil(async () => valueOf(await scrape(), ended) > 0, { timeout: 30_000 });
    const text = await scrape();
    expect(valueOf(text, "signal_manager_events_queued")).toBe(0);
    expect(valueOf(text, "signal_manager_events_parked")).toBe(0);
    expect(valueOf(text, 'signal_manager_publish_requests_total{outcome="published"}')).toBe(0);
    expect(service.processes.stdout).toContain('"session.ended"');
    expect(service.processes.stdout).not.toContain('"event.emitted"');
  });
});
