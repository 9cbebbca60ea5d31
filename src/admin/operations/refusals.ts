/** Refusals that several operations share. */
import { problem } from "../problem.ts";

export const NOT_CONNECTED = "The client is not connected";

export function notConnected(): Response {
  return problem(404, NOT_CONNECTED);
}

/** In seconds. A client that does not read, and a hub that restarts, may have recovered by then. */
export const RETRY_AFTER = { "retry-after": "1" };
