/** The OpenAPI document: against a validator that is not ours, against the API's answers, and against its former shape. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { OPERATION_ROWS } from "../../src/admin/operations/table.ts";
import type { AdminService } from "../../src/admin/service.ts";
import before from "./support/openapi-before.json";
import { createService, DOCUMENT, type ServiceOptions } from "./support/service.ts";

describe("the OpenAPI document", () => {
  it("is served at /admin/openapi.json, behind the token", async () => {
    const answer = await createService().ask("GET", "/admin/openapi.json");
    expect(answer).toMatchObject({ status: 200, type: "application/json" });
    expect(answer.json).toEqual(JSON.parse(JSON.stringify(DOCUMENT)));
  });

  it("is a valid OpenAPI 3.1 document", async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...DOCUMENT })).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("is checked by a validator that rejects an operation of another form", async () => {
    const paths = { "/sessions": { get: { responses: { 200: {} } } } };
    expect(await new Validator().validate({ ...DOCUMENT, paths })).toMatchObject({ valid: false });
  });

  it("names every operation by its path, method and id", () => {
    const named = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method, path]),
    );
    expect(named.toSorted()).toEqual(
      OPERATION_ROWS.map(([id, row]) => [id, row.method.toLowerCase(), row.path]).toSorted(),
    );
  });

  it("declares the names, types and limits of what a request may hold", () => {
    expect(DOCUMENT.paths["/sessions"]?.["get"]).toMatchObject({
      parameters: [
        { name: "prefix", in: "query", required: false, schema: { type: "string" } },
        { name: "after", in: "query", required: false, schema: { maxLength: 128 } },
        {
          name: "limit",
          in: "query",
          required: false,
          schema: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
        },
      ],
    });
    expect(DOCUMENT.paths["/sessions/{client_id}"]?.["get"]).toMatchObject({
      parameters: [{ name: "client_id", in: "path", required: true, schema: { type: "string" } }],
    });
    expect(DOCUMENT.paths["/signals"]?.["post"]).toMatchObject({
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: {
              required: ["target_client_id", "type", "signal_data"],
              additionalProperties: false,
            },
          },
        },
      },
    });
  });
});

describe("the shape of the OpenAPI document", () => {
  /** The spelling of a signal's type that was added since. */
  const ADDED_TYPE = ',"ice-candidate"';

  /** Answers that were declared since: by path, method and status. */
  const ADDED = [["/sessions/{client_id}", "get", "503"]] as const;

  it("is that of its first version, byte for byte, but for descriptions, and for the answers and the spelling added since", () => {
    // JSON of our own making, whose paths hold methods, whose methods hold responses.
    const shape = withoutTexts(DOCUMENT) as typeof DOCUMENT;
    for (const [path, method, status] of ADDED) {
      const responses = shape.paths[path]?.[method]?.responses;
      expect(responses).toHaveProperty(status);
      delete (responses as Record<string, unknown>)[status];
    }
    const [head, ...tail] = JSON.stringify(shape).split(ADDED_TYPE);
    expect(tail).toHaveLength(1);
    expect(`${head}${tail[0]}`).toBe(JSON.stringify(before));
  });
});

/** The same JSON with empty descriptions and summaries. */
function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      (name === "description" || name === "summary") && typeof member === "string"
        ? [name, ""]
        : [name, withoutTexts(member)],
    ),
  );
}

/** A request for each answer that the document declares. */
const ALICE = { clients: ["alice"] };
const SIGNAL = { target_client_id: "alice", type: "offer", signal_data: {} };
const REFUSED = (fault: "signal.backlog" | "signal.too-large") => ({
  ports: { sendSignal: async () => ({ outcome: "refused", fault }) as const },
});
const broken = () => Promise.reject(new Error("broken"));
const BROKEN: ServiceOptions = {
  ports: {
    sessions: { list: broken, find: broken, kick: broken },
    parkedEvents: { list: broken, retry: broken },
    issueToken: broken,
    sendSignal: broken,
  } satisfies Partial<AdminService>,
};

const GOOD = [
  ["listSessions", "GET", "/admin/sessions", undefined, 200],
  ["readSession", "GET", "/admin/sessions/alice", undefined, 200],
  ["endSession", "DELETE", "/admin/sessions/alice", undefined, 204],
  ["issueToken", "POST", "/admin/tokens", { client_id: "alice" }, 200],
  ["sendSignal", "POST", "/admin/signals", SIGNAL, 200],
  ["listParkedEvents", "GET", "/admin/events/parked", undefined, 200],
  ["retryParkedEvents", "POST", "/admin/events/retry", {}, 200],
] as const;

describe("the admin API", () => {
  const given = new Set<string>();

  it.each(GOOD)(
    "answers %s with its success, and with the refusals of every operation",
    async (id, method, path, body, status) => {
      const bad = path.includes("?") ? "&bad=1" : "?bad=1";
      const large = " ".repeat(512 * 1024 + 1);
      const asked = [
        await createService(ALICE).ask(method, path, body),
        await createService(ALICE).ask(method, path, body, { authorization: "" }),
        await createService(ALICE).ask(method, path + bad, body),
        await createService(BROKEN).ask(method, path, body),
        ...(body === undefined
          ? []
          : [
              await createService().ask(method, path, large),
              await createService().ask(method, path, body, { "content-type": "text/plain" }),
            ]),
      ];
      expect(asked.map((answer) => answer.status)).toEqual([
        status,
        401,
        400,
        500,
        ...(body === undefined ? [] : [413, 415]),
      ]);
      for (const answer of asked) given.add(`${id} ${answer.status}`);
    },
  );

  it.each([
    ["readSession", "GET", "/admin/sessions/bob", undefined, 404, {}],
    [
      "readSession",
      "GET",
      "/admin/sessions/bob",
      undefined,
      503,
      {
        ports: {
          sessions: { list: broken, find: async () => "hub-updating" as const, kick: broken },
        },
      },
    ],
    ["endSession", "DELETE", "/admin/sessions/bob", undefined, 404, {}],
    [
      "issueToken",
      "POST",
      "/admin/tokens",
      { client_id: "a" },
      409,
      { ports: { issueToken: async () => null } },
    ],
    ["sendSignal", "POST", "/admin/signals", SIGNAL, 404, {}],
    ["sendSignal", "POST", "/admin/signals", SIGNAL, 503, REFUSED("signal.backlog")],
    ["sendSignal", "POST", "/admin/signals", SIGNAL, 413, REFUSED("signal.too-large")],
  ] as const)(
    "answers %s with the refusals that only this operation has",
    async (id, method, path, body, status, options: ServiceOptions) => {
      const answer = await createService(options).ask(method, path, body);
      expect(answer.status).toBe(status);
      given.add(`${id} ${status}`);
    },
  );

  it("has given every answer that the document declares, except 405, which belongs to the path", () => {
    const declared = Object.values(DOCUMENT.paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ operationId, responses }) =>
        Object.keys(responses).map((status) => `${operationId} ${status}`),
      ),
    );
    expect(declared.filter((answer) => !given.has(answer) && !answer.endsWith(" 405"))).toEqual([]);
    expect(declared.length).toBeGreaterThan(30);
  });
});
