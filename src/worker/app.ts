/** The service over HTTP: which handler answers which path. Signalling itself happens on the sockets that `GET /` opens. */
import { Hono } from "hono";
import { problem, unavailable, Unavailable } from "../admin/problem.ts";
import { describeError } from "../log/log.ts";
import { admin } from "./admin/admin.ts";
import { BUILD } from "./build-info.ts";
import { answerPreflight, corsHeaders, letPageRead } from "./cors.ts";
import { metrics } from "./metrics.ts";
import { servicesOf, type AppTypes } from "./services.ts";
import { upgrade } from "./upgrade.ts";

export const app = new Hono<AppTypes>()
  .use(async (c, next) => {
    await next();
    // An answer is true for one client and for a moment. A switch to WebSocket has no body that a cache could keep.
    if (c.res.status !== 101) c.header("cache-control", "no-store");
  })
  .use(async (c, next) => {
    const services = servicesOf(c.env);
    if (!services.ok) {
      return problem(500, "The configuration is invalid: the log line config.invalid says why");
    }
    c.set("services", services.value);
    return next();
  })
  .get("/", letPageRead, upgrade)
  .get("/health", (c) =>
    c.json({
      status: "ok",
      version: BUILD.version,
      compatibility_date: BUILD.compatibilityDate,
    }),
  )
  .get("/metrics", metrics)
  .all("/admin/*", admin);

const UNKNOWN_PATH =
  "This path does not exist: WebSocket clients connect to /, the status is at /health";

app.notFound((c) => answerPreflight(c) ?? problem(404, UNKNOWN_PATH, { headers: corsHeaders(c) }));

app.onError((error, c) => {
  if (error instanceof Unavailable) return unavailable(error);
  c.var.services.log("worker.failed", { error: describeError(error) });
  return problem(500, "The request failed because of a fault of the service: try again");
});
