/**
 * The admin API, for operators and backends and never for clients. The Worker mounts it, so its paths begin below /admin. It
 * knows no platform: `service.ts` says what it needs.
 */
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { bearerCheck } from "../auth/bearer.ts";
import { openApiDocument } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { OPERATION_ROWS } from "./operations/table.ts";
import { problem, unavailable, Unavailable } from "./problem.ts";
import { readInput } from "./request.ts";
import type { AdminService } from "./service.ts";

/** What one request is answered with. The app itself is built once, and keeps nothing of a request. */
export interface AdminBindings {
  /** The admin token. Empty: there is no admin API, and `notFound` answers every path. */
  readonly token: string;
  readonly service: AdminService;
  /** Answers an unknown path of the whole service. A disabled admin API MUST look as if it had never existed. */
  readonly notFound: () => Response | Promise<Response>;
}

interface AdminTypes {
  Bindings: AdminBindings;
}

/** Room for a signal of 65,535 bytes in which JSON spells every byte as \u00xx. */
const MAX_BODY_BYTES = 512 * 1024;

const OPENAPI_PATH = "/openapi.json";

/** `version`: the service's, which the OpenAPI document names. */
export function createAdminApp(version: string): Hono<AdminTypes> {
  const app = new Hono<AdminTypes>();

  app.use(async (c, next) => {
    await next();
    // Some answers hold tokens, and the others are true for a moment only.
    c.header("cache-control", "no-store");
  });
  app.use(async (c, next) => {
    const { token, service, notFound } = c.env;
    if (token === "") return notFound();
    if (!bearerCheck(token)(c.req.raw.headers.get("authorization"))) {
      service.observe({ event: "admin.refused" });
      const headers = { "www-authenticate": "Bearer" };
      return problem(401, "Present the admin token: Authorization: Bearer …", { headers });
    }
    return next();
  });
  addOperations(app);
  app.get(OPENAPI_PATH, (c) => c.json(openApiDocument(version)));
  addMethodRefusals(app);
  app.notFound(() => problem(404, "This path does not exist: see /admin/openapi.json"));
  app.onError((error, c) => {
    if (error instanceof Unavailable) return unavailable(error);
    c.env.service.observe({ event: "admin.failed", error });
    return problem(500, "The request failed because of a fault of the service: try again");
  });
  return app;
}

function addOperations(app: Hono<AdminTypes>): void {
  const limited = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => problem(413, `A body may have at most ${MAX_BODY_BYTES} bytes`),
  });
  for (const [, operation] of OPERATION_ROWS) {
    const route = routeOf(operation.path);
    if (operation.body !== null) app.on(operation.method, route, limited);
    app.on(operation.method, route, (c) => run(operation, c));
  }
}

async function run(operation: Operation, c: Context<AdminTypes>): Promise<Response> {
  const input = await readInput(c.req.raw, pathParameters(operation.path, c), operation);
  if (!input.ok) return input.failure;
  const answer = await operation.handle(input.value, c.env.service);
  if (answer instanceof Response) return answer;
  return answer === null ? c.body(null, 204) : Response.json(answer);
}

function addMethodRefusals(app: Hono<AdminTypes>): void {
  for (const [path, allow] of allowedMethods()) {
    const headers = { allow: allow.join(", ") };
    app.all(routeOf(path), (c) =>
      problem(405, `This path does not allow ${c.req.method}: see allow`, { headers }),
    );
  }
}

/** `/sessions/{client_id}` as Hono spells it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** As they stand in the URL, since the router's own decoding accepts what is not percent-encoding. */
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
