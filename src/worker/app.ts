/** The HTTP face of the service. */
import { Hono } from "hono";
import { describeError } from "../log/log-hub-event.ts";
import { BUILD } from "./build-info.ts";
import type { AppTypes } from "./app-types.ts";
import { admin } from "./admin/admin.ts";
import { metrics } from "./metrics.ts";
import { notFound, problem } from "./problem.ts";
import { servicesOf } from "./services.ts";
import { upgrade } from "./upgrade.ts";

const NOT_CONFIGURED =
  "The configuration is not valid: the log says what is wrong, in the event config.invalid";

export const app = new Hono<AppTypes>()
  .use(async (c, next) => {
    const services = servicesOf(c.env);
    if (!services.ok) return problem(500, "Internal Server Error", NOT_CONFIGURED);
    c.set("services", services.value);
    return next();
  })
  .get("/", upgrade)
  .get("/health", (c) =>
    c.json({
      status: "ok",
      version: BUILD.version,
      compatibility_date: BUILD.compatibilityDate,
    }),
  )
  .get("/metrics", metrics)
  .all("/admin/*", admin);

app.notFound(notFound);

app.onError((error, c) => {
  c.var.services.log("worker.failed", { error: describeError(error) });
  return problem(500, "Internal Server Error", "The request failed on our side: try again");
});
