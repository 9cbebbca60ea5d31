import { describe, expect, it } from "vitest";
import { exchange, type Fetch } from "../../src/events/sinks/http-exchange.ts";
import { failed, success } from "../../src/protocol/result.ts";

const REQUEST = { headers: { "x-a": "b" }, body: "body" };

function run(fetch: Fetch, timeoutMs = 10_000) {
  return exchange(fetch, "https://example.com/", REQUEST, timeoutMs);
}

describe("an exchange", () => {
  it("is one POST that follows no redirect and has a time-out", async () => {
    const calls: [string, RequestInit][] = [];
    await run((url, init) => {
      calls.push([url, init]);
      return Promise.resolve(new Response("{}"));
    });
    expect(calls).toEqual([
      [
        "https://example.com/",
        { method: "POST", ...REQUEST, redirect: "manual", signal: expect.any(AbortSignal) },
      ],
    ]);
  });

  it("reads status, JSON and Retry-After", async () => {
    const answer = Response.json({ a: 1 }, { status: 503, headers: { "retry-after": "3" } });
    expect(await run(() => Promise.resolve(answer))).toEqual(
      success({ status: 503, json: { a: 1 }, retryAfter: "3" }),
    );
  });

  it.each(["", "<html>Bad gateway</html>", '{"a":'])("reads %j as no JSON", async (body) => {
    expect(await run(() => Promise.resolve(new Response(body, { status: 502 })))).toEqual(
      success({ status: 502, json: undefined, retryAfter: null }),
    );
  });

  it("calls fetch as a plain function: the platform's does not bear a `this`", async () => {
    const seen: unknown[] = [];
    await run(function (this: unknown) {
      seen.push(this);
      return Promise.resolve(new Response("{}"));
    });
    expect(seen).toEqual([undefined]);
  });
});

describe("an exchange that fails", () => {
  it.each<[string, unknown]>([
    ["network: fetch failed (ECONNRESET)", new TypeError("fetch failed", { cause: withCode() })],
    ["network: Network connection lost.", new Error("Network connection lost.")],
    ["network: unknown", "a string"],
  ])("says %s", async (reason, error) => {
    // What is thrown is the platform's choice, not ours.
    expect(await run(() => Promise.reject(error as Error))).toEqual(failed(reason));
  });

  it("says so of a fetch that throws at once", async () => {
    expect(await run(throwing)).toEqual(failed("network: Invalid URL"));
  });

  it("ends in time without an answer, even where fetch does not heed its signal", async () => {
    expect(await run(() => new Promise(() => undefined), 20)).toEqual(
      failed("no answer within 20 ms"),
    );
  });

  it("ends in time inside a body that never ends", async () => {
    const endless = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) });
    expect(await run(() => Promise.resolve(new Response(endless)), 20)).toEqual(
      failed("no answer within 20 ms"),
    );
  });

  it("says what broke a body", async () => {
    const broken = new ReadableStream({ start: (stream) => stream.error(new Error("cut")) });
    expect(await run(() => Promise.resolve(new Response(broken)))).toEqual(failed("network: cut"));
  });
});

function throwing(): Promise<Response> {
  throw new TypeError("Invalid URL");
}

function withCode(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
}
