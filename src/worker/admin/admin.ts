/** `/admin/*`: the admin API on this service. */
import type { Context } from "hono";
import { createAdminApp } from "../../admin/app.ts";
import type { AppTypes } from "../app-types.ts";
import { BUILD } from "../build-info.ts";
import { notFound } from "../problem.ts";
import { adminPortsOf } from "./admin-ports.ts";

/** Made anew for each request, since its ports are of one: operators' requests are few. */
export function admin(c: Context<AppTypes>): Response | Promise<Response> {
  const { services } = c.var;
  const settings = { token: services.config.admin.token, version: BUILD.version, notFound };
  const app = createAdminApp(settings, adminPortsOf(c.env, services, c.executionCtx));
  const url = new URL(c.req.url);
  url.pathname = url.pathname.slice("/admin".length);
  return app.fetch(new Request(url, c.req.raw));
}
