/**
 * The admin API: for operators and backends, never for clients. Mounted by the Worker; its paths begin below /admin. It
 * knows no platform: `ports.ts` is what it needs.
 */
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { bearerCheck } from "../auth/bearer.ts";
import { HANDLERS, type Handler } from "./handlers.ts";
import { openApiDocument } from "./openapi.ts";
import { OPERATION_ROWS, type OperationId, type OperationRow } from "./operations.ts";
import type { AdminPorts } from "./ports.ts";
import { problem } from "./problem.ts";
import { readInput } from "./request.ts";

export interface AdminSettings {
  /** Empty: there is no admin API, and every path is answered as `notFound` does. */
  readonly token: string;
  /** Of the service: the document's. */
  readonly version: string;
  /** What an unknown path of the service is answered: a tree that is off MUST look like one that never was. */
  readonly notFound: () => Response;
}

/** A payload of 65,535 bytes, each byte spelled \u00xx, and some room. */
const MAX_BODY_BYTES = 512 * 1024;

const OPENAPI_PATH = "/openapi.json";

export function createAdminApp(settings: AdminSettings, ports: AdminPorts): Hono {
  const app = new Hono();
  const isOperator = bearerCheck(settings.token);

  app.use(async (c, next) => {
    if (settings.token === "") return settings.notFound();
    if (!isOperator(c.req.raw.headers.get("authorization"))) {
      ports.observe({ event: "admin.refused" });
      const headers = { "www-authenticate": "Bearer" };
      return problem(401, "This wants the admin token: Authorization: Bearer …", { headers });
    }
    await next();
    // Tokens are among the answers, and the rest is of the moment.
    c.header("cache-control", "no-store");
  });
  const limited = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => problem(413, `A body may have ${MAX_BODY_BYTES} bytes`),
  });
  for (const [id, operation] of OPERATION_ROWS) {
    const route = routeOf(operation.path);
    if (operation.body !== null) app.on(operation.method, route, limited);
    app.on(operation.method, route, (c) => run(id, operation, c, ports));
  }
  app.get(OPENAPI_PATH, (c) => c.json(openApiDocument(settings.version)));
  for (const [path, allow] of allowedMethods()) {
    const headers = { allow: allow.join(", ") };
    app.all(routeOf(path), (c) =>
      problem(405, `${c.req.method} is not for this path: see allow`, { headers }),
    );
  }

  app.notFound(() => problem(404, "Nothing is here: /admin/openapi.json says what there is"));
  app.onError((error) => {
    ports.observe({ event: "admin.failed", error });
    return problem(500, "The request failed on our side: try again");
  });
  return app;
}

async function run<Id extends OperationId>(
  id: Id,
  operation: OperationRow,
  c: Context,
  ports: AdminPorts,
): Promise<Response> {
  const input = await readInput<Id>(c.req.raw, pathParameters(operation.path, c), operation);
  if (!input.ok) return input.failure;
  // TypeScript does not see that a mapped type, indexed by the id it maps, is a handler of that id.
  const handle: Handler<Id> = HANDLERS[id];
  const answer = await handle(input.value, ports);
  if (answer instanceof Response) return answer;
  return answer === null ? c.body(null, 204) : Response.json(answer);
}

/** `/sessions/{client_id}` as Hono spells it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** As they stand in the URL: the router's own decoding lets pass what is no percent-encoding. */
function pathParameters(path: string, c: Context): Record<string, string> {
  const segments = new URL(c.req.url).pathname.split("/");
  const names = path.split("/");
  const below = segments.slice(segments.length - names.length);
  return Object.fromEntries(
    names.flatMap((name, at) =>
      name.startsWith("{") ? [[name.slice(1, -1), below[at] ?? ""]] : [],
    ),
  );
}

function allowedMethods(): Map<string, string[]> {
  const allowed = new Map<string, string[]>([[OPENAPI_PATH, ["GET", "HEAD"]]]);
  for (const [, { path, method }] of OPERATION_ROWS) {
    const methods = allowed.get(path) ?? [];
    // Hono answers HEAD wherever it answers GET.
    allowed.set(path, [...methods, ...(method === "GET" ? ["GET", "HEAD"] : [method])]);
  }
  return allowed;
}
