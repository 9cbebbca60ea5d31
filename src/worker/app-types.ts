/** What every Hono handler finds in its context. */
import type { Env } from "./env.ts";
import type { Services } from "./services.ts";

export interface AppTypes {
  Bindings: Env;
  Variables: { services: Services };
}
