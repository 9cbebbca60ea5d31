/** Requests that do not match their operation: each is refused as a whole, with every fault at its place. */
import { describe, expect, it } from "vitest";
import { createService } from "./support/service.ts";

const ID = "must be a string of 1-128 characters without control characters";
const PAGE = "must be a whole number from 1 to 1000";

describe("the admin API refuses", () => {
  it.each([
    ["limit=0", [{ parameter: "limit", detail: PAGE }]],
    ["limit=1001", [{ parameter: "limit", detail: PAGE }]],
    ["limit=-1", [{ parameter: "limit", detail: PAGE }]],
    ["limit=1.5", [{ parameter: "limit", detail: PAGE }]],
    ["limit=1e2", [{ parameter: "limit", detail: PAGE }]],
    ["limit=0x10", [{ parameter: "limit", detail: PAGE }]],
    ["limit=", [{ parameter: "limit", detail: PAGE }]],
    ["limit=ten", [{ parameter: "limit", detail: PAGE }]],
    ["limit=99999999999999999999", [{ parameter: "limit", detail: PAGE }]],
    ["after=", [{ parameter: "after", detail: ID }]],
    ["prefix=%00", [{ parameter: "prefix", detail: ID }]],
    ["Prefix=a", [{ parameter: "Prefix", detail: "is not known here" }]],
    ["__proto__=a", [{ parameter: "__proto__", detail: "is not known here" }]],
    ["limit=1&limit=2", [{ parameter: "limit", detail: "is named more than once" }]],
    [
      "limit=0&page=2&after=%01&toString=1",
      [
        { parameter: "after", detail: ID },
        { parameter: "limit", detail: PAGE },
        { parameter: "page", detail: "is not known here" },
        { parameter: "toString", detail: "is not known here" },
      ],
    ],
  ])("the query %s", async (query, errors) => {
    const answer = await createService().ask("GET", `/admin/sessions?${query}`);
    expect(answer).toMatchObject({ status: 400, type: "application/problem+json" });
    expect(answer.json).toEqual({
      status: 400,
      title: "Bad Request",
      detail: "The request does not match the operation: see errors",
      errors,
    });
  });

  it("a query that the operation does not have, and reports it beside the faults of the path", async () => {
    const answer = await createService().ask("DELETE", "/admin/sessions/%zz?force=1");
    expect(answer.json).toMatchObject({
      errors: [
        { parameter: "client_id", detail: "is not percent-encoded UTF-8" },
        { parameter: "force", detail: "is not known here" },
      ],
    });
  });
});

describe("the admin API", () => {
  it.each([
    ["", "is not JSON in UTF-8"],
    ["{", "is not JSON in UTF-8"],
    ["{'client_id':'alice'}", "is not JSON in UTF-8"],
    ['{"client_id":"alice"} {}', "is not JSON in UTF-8"],
    [Uint8Array.of(0x22, 0xff, 0x22), "is not JSON in UTF-8"],
    ["null", "must be an object"],
    ["[]", "must be an object"],
    ['"alice"', "must be an object"],
  ])("refuses the body %j as a whole", async (body, detail) => {
    const answer = await createService().ask("POST", "/admin/tokens", body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ errors: [{ pointer: "#", detail }] });
  });

  it("refuses a body with all of its faults, each with a pointer to its place", async () => {
    const { ask, signals } = createService({ clients: ["bob"] });
    const body = {
      source_client_id: "",
      target_client_id: 7,
      type: "SIGNAL_OFFER",
      "a/b~c d": 1,
      extra: null,
    };
    const { json } = await ask("POST", "/admin/signals?dry=1", body);
    expect(json).toMatchObject({
      errors: [
        { parameter: "dry", detail: "is not known here" },
        { pointer: "#/source_client_id", detail: ID },
        { pointer: "#/target_client_id", detail: ID },
        { pointer: "#/type", detail: "must be one of offer, answer, ice-candidate" },
        { pointer: "#/signal_data", detail: "is missing" },
        { pointer: "#/a~1b~0c%20d", detail: "is not known here" },
        { pointer: "#/extra", detail: "is not known here" },
      ],
    });
    expect(signals).toEqual([]);
  });

  it.each([
    [{}, "#/client_id", ID],
    [{ client_id: null }, "#/client_id", ID],
    [{ client_id: "\ud83e" }, "#/client_id", ID],
    [{ client_id: "a\u0000" }, "#/client_id", ID],
    [{ client_id: "x".repeat(129) }, "#/client_id", ID],
    [{ client_id: "a", expires_in: 0 }, "#/expires_in", /^must be a whole number from 1 to/],
    [{ client_id: "a", expires_in: "60" }, "#/expires_in", /^must be a whole number from 1 to/],
    [{ client_id: "a", expires_in: 1.5 }, "#/expires_in", /^must be a whole number from 1 to/],
    [{ client_id: "a", expires_in: 1e9 }, "#/expires_in", /^must be a whole number from 1 to/],
    [{ client_id: "a", expires_in: null }, "#/expires_in", /^must be a whole number from 1 to/],
    [{ client_id: "a", targets: "bob" }, "#/targets", "must be a list of 1-1000"],
    [{ client_id: "a", targets: [] }, "#/targets", "must be a list of 1-1000"],
    [{ client_id: "a", targets: Array(1001).fill("b") }, "#/targets", "must be a list of 1-1000"],
    [{ client_id: "a", targets: ["bob", ""] }, "#/targets/1", ID],
  ])("refuses the body %j of a token request at %s", async (body, pointer, detail) => {
    const { ask, tokenRequests } = createService();
    const { status, json } = await ask("POST", "/admin/tokens", body);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      errors: [
        { pointer, detail: typeof detail === "string" ? detail : expect.stringMatching(detail) },
      ],
    });
    expect(tokenRequests).toEqual([]);
  });

  it("refuses the member __proto__ like any other unknown one", async () => {
    const body = '{"client_id":"alice","__proto__":{"expires_in":1}}';
    const { json } = await createService().ask("POST", "/admin/tokens", body);
    expect(json).toMatchObject({ errors: [{ pointer: "#/__proto__" }] });
  });

  it.each([
    ["none", ""],
    ["text", "text/plain"],
    ["a form", "application/x-www-form-urlencoded"],
    ["another JSON", "application/jsonp"],
    ["JSON as a parameter", "text/plain; application/json"],
  ])("answers 415 to a body whose content type is %s", async (_, type) => {
    const { ask, tokenRequests } = createService();
    const body = { client_id: "alice" };
    const answer = await ask("POST", "/admin/tokens", body, { "content-type": type });
    expect(answer).toMatchObject({ status: 415, type: "application/problem+json" });
    expect(answer.headers.get("accept-post")).toBe("application/json");
    expect(tokenRequests).toEqual([]);
  });

  it.each(["application/json; charset=utf-8", "Application/JSON", "application/json;v=1"])(
    "accepts the content type %s",
    async (type) => {
      const body = { client_id: "alice" };
      const answer = await createService().ask("POST", "/admin/tokens", body, {
        "content-type": type,
      });
      expect(answer.status).toBe(200);
    },
  );

  it.each([
    [512 * 1024, 200],
    [512 * 1024 + 1, 413],
  ])("answers a body of %d bytes with %d", async (bytes, status) => {
    const { ask, signals } = createService({ clients: ["bob"] });
    const head = '{"target_client_id":"bob","type":"offer","signal_data":"';
    const body = `${head}${"x".repeat(bytes - head.length - 2)}"}`;
    for (const headers of [{}, { "content-length": String(bytes) }]) {
      expect((await ask("POST", "/admin/signals", body, headers)).status).toBe(status);
    }
    expect(signals).toHaveLength(status === 200 ? 2 : 0);
  });
});
