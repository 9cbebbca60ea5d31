import { describe, expect, it } from "vitest";
import {
  exchange,
  type Fetch,
  type HttpPorts as Ports,
} from "../../../src/events/sinks/http-exchange.ts";
import { failed, success } from "../../../src/protocol/result.ts";
import { after } from "../../../src/worker/timer.ts";

/** One POST with its answer, over a `fetch` and a timer of the test's. */
const CONTENT = { headers: { "x-a": "b" }, body: "body" };

function run(fetch: Fetch, timeoutMs = 10_000) {
  const ports = { fetch, after };
  return exchange(ports, "https://example.com/", { ...CONTENT, timeoutMs });
}

describe("exchange", () => {
  it("makes one POST request that follows no redirect and has a time-out", async () => {
    const calls: [string, RequestInit][] = [];
    await run((url, init) => {
      calls.push([url, init]);
      return Promise.resolve(new Response("{}"));
    });
    expect(calls).toEqual([
      [
        "https://example.com/",
        { method: "POST", ...CONTENT, redirect: "manual", signal: expect.any(AbortSignal) },
      ],
    ]);
  });

  it("returns the status, the JSON and the Retry-After header of the answer", async () => {
    const answer = Response.json({ a: 1 }, { status: 503, headers: { "retry-after": "3" } });
    expect(await run(() => Promise.resolve(answer))).toEqual(
      success({ status: 503, json: { a: 1 }, retryAfter: "3" }),
    );
  });

  it.each(["", "<html>Bad gateway</html>", '{"a":'])(
    "returns undefined for a body that is not JSON: %j",
    async (body) => {
      expect(await run(() => Promise.resolve(new Response(body, { status: 502 })))).toEqual(
        success({ status: 502, json: undefined, retryAfter: null }),
      );
    },
  );

  it("calls fetch as a plain function, since the platform's own refuses any `this`", async () => {
    const seen: unknown[] = [];
    await run(function (this: unknown) {
      seen.push(this);
      return Promise.resolve(new Response("{}"));
    });
    expect(seen).toEqual([undefined]);
  });
});

describe("exchange, when it fails,", () => {
  it.each<[string, unknown]>([
    ["network: fetch failed (ECONNRESET)", new TypeError("fetch failed", { cause: withCode() })],
    ["network: Network connection lost.", new Error("Network connection lost.")],
    ["network: unknown", "a string"],
  ])("returns the reason: %s", async (reason, error) => {
    // What is thrown is the platform's choice, not ours.
    expect(await run(() => Promise.reject(error as Error))).toEqual(failed(reason));
  });

  it("returns the reason if fetch throws synchronously", async () => {
    expect(await run(throwing)).toEqual(failed("network: Invalid URL"));
  });

  it("ends in time without an answer, even if fetch ignores its signal", async () => {
    expect(await run(() => new Promise(() => undefined), 20)).toEqual(
      failed("no answer within 20 ms"),
    );
  });

  it("asks its caller for the timer, with the time-out of the request", async () => {
    const waits: number[] = [];
    const runOut: Ports["after"] = (ms, timeUp) => {
      waits.push(ms);
      timeUp();
      return () => {};
    };
    const request = { ...CONTENT, timeoutMs: 3_600_000 };
    const ports = { fetch: hanging, after: runOut };
    expect(await exchange(ports, "https://example.com/", request)).toEqual(
      failed("no answer within 3600000 ms"),
    );
    expect(waits).toEqual([3_600_000]);
  });

  it("tells fetch to give up when the time is up", async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    await run((_, init) => (signals.push(init.signal), hanging()), 20);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  it("ends in time inside a body that never ends", async () => {
    const endless = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) });
    expect(await run(() => Promise.resolve(new Response(endless)), 20)).toEqual(
      failed("no answer within 20 ms"),
    );
  });

  it("returns the reason why a body broke off", async () => {
    const broken = new ReadableStream({ start: (stream) => stream.error(new Error("cut")) });
    expect(await run(() => Promise.resolve(new Response(broken)))).toEqual(failed("network: cut"));
  });
});

function hanging(): Promise<Response> {
  return new Promise(() => undefined);
}

function throwing(): Promise<Response> {
  throw new TypeError("Invalid URL");
}

function withCode(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
}
