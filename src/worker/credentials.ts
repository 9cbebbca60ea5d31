/** The credentials of an upgrade request, by whichever of the three ways they came (UP2). */
import { failed, success, type Result } from "../protocol/result.ts";

/** The subprotocol that the hub speaks and selects (UP3). */
export const SUBPROTOCOL = "signal-manager";
const BEARER_SUBPROTOCOL = "bearer.";

export interface Presented {
  /** null: none, the client will say in CONNECT who it is. */
  readonly token: string | null;
  /** Whether the client offered subprotocols, and so must be answered with one. */
  readonly offersSubprotocol: boolean;
}

/** What the request presents, or a sentence on what is wrong with it. */
export function readCredentials(request: Request): Result<Presented, string> {
  const offered = listOf(request.headers.get("sec-websocket-protocol"));
  const offersSubprotocol = offered.length > 0;
  if (offersSubprotocol && !offered.includes(SUBPROTOCOL)) {
    return failed(`Offer the subprotocol "${SUBPROTOCOL}", or none`);
  }
  const tokens = [
    bearerOf(request.headers.get("authorization")),
    offered.find((name) => name.startsWith(BEARER_SUBPROTOCOL))?.slice(BEARER_SUBPROTOCOL.length),
    new URL(request.url).searchParams.get("access_token"),
  ].filter((token) => token !== undefined && token !== null);
  if (new Set(tokens).size > 1) return failed("The request presents different tokens: send one");
  const [token = null] = tokens;
  if (token === "") return failed("The request presents an empty token");
  return success({ token, offersSubprotocol });
}

/** Another scheme is not ours to judge: a proxy's Basic credentials may pass through. */
function bearerOf(header: string | null): string | undefined {
  return /^bearer +(?<token>\S*)$/i.exec(header ?? "")?.groups?.["token"];
}

function listOf(header: string | null): string[] {
  return (header ?? "").split(",").flatMap((item) => item.trim() || []);
}
