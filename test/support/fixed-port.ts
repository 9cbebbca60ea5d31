/** A port on which a service can be stopped and started again. */
import { randomInt } from "node:crypto";
import { findListenFault } from "../../scripts/local/listen-check.ts";

/** Below the ports that systems give to outgoing connections, so that no connection takes the port while nobody listens. */
const [FIRST, END] = [20_000, 32_000];

export async function fixedPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    if ((await findListenFault("127.0.0.1", port)) === null) return port;
  }
}
