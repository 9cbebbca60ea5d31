/** `GET /`: decides whether an upgrade may become a socket, and hands it to the hub (UP1-UP7). */
import type { Context } from "hono";
import type { Grant } from "../auth/grant.ts";
import { hubNameOf } from "../hub/placement.ts";
import { redactUrl } from "../log/log.ts";
import { parseClientId, type ClientId } from "../protocol/client-id.ts";
import { faultRow } from "../protocol/errors.ts";
import { CLIENT_ID_PARAMETER, SUBPROTOCOL } from "../protocol/names.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { AppTypes } from "./app-types.ts";
import { readCredentials, type UpgradeCredentials } from "./credentials.ts";
import { encodeExpected, encodeGrant, EXPECTED_HEADER, GRANT_HEADER } from "./grant-header.ts";
import { hubStub, hubNameForUpgrade } from "./hubs.ts";
import { problem } from "./problem.ts";
import type { Services } from "./services.ts";
import { workerCountsOf } from "./worker-counts.ts";

const UPGRADE_HELP = `This is a Signal Manager: a WebRTC signalling service.

It speaks WebSocket here. Connect with a WebSocket client, for example in a browser:

    const ws = new WebSocket("WS_URL");

then send a binary CONNECT frame. PROTOCOL.md of the project says how.
`;

export async function upgrade(c: Context<AppTypes>): Promise<Response> {
  let status = 500;
  try {
    const response = await answer(c);
    ({ status } = response);
    return response;
  } finally {
    const counts = workerCountsOf(c.env, c.var.services);
    counts.book.answered(status);
    counts.settle(c.executionCtx);
  }
}

async function answer(c: Context<AppTypes>): Promise<Response> {
  const { raw } = c.req;
  if (raw.headers.get("upgrade")?.toLowerCase() !== "websocket") return explainUpgrade(raw);
  const { log } = c.var.services;
  const admitted = await admit(raw, c.var.services, c.env.UPGRADES);
  if (!admitted.ok) {
    const { status, title, detail, headers } = admitted.failure;
    log("upgrade.refused", { status, detail, url: redactUrl(raw.url) });
    return problem(status, title, detail, headers);
  }
  const { hub } = admitted.value;
  const response = await hubStub(c.env, c.var.services.config, hub).fetch(
    hubRequest(admitted.value),
  );
  const event = response.status === 101 ? "upgrade.accepted" : "upgrade.refused";
  log(event, { status: response.status, url: redactUrl(raw.url) });
  return response;
}

interface Admitted extends UpgradeCredentials {
  readonly grant: Grant | null;
  /** By the credentials, or as a hint (CO7); null: the upgrade named none. */
  readonly clientId: ClientId | null;
  /** The name of the hub that the socket goes to. */
  readonly hub: string;
}

/** What the client is told. A browser hides it from its page, so the log has it, too. */
interface Refusal {
  readonly status: number;
  readonly title: string;
  /** A sentence of our own: nothing that the client sent. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** In this order, cheapest first: origin, rate, form, credentials. */
async function admit(
  request: Request,
  { config, authenticate }: Services,
  upgrades: RateLimit | undefined,
): Promise<Result<Admitted, Refusal>> {
  const origin = request.headers.get("origin");
  const { allowed_origins } = config.server;
  if (origin !== null && !allowed_origins.includes("*") && !allowed_origins.includes(origin)) {
    const detail = "This origin may not connect: see server.allowed_origins";
    return failed({ status: 403, title: "Forbidden", detail });
  }
  const address = request.headers.get("cf-connecting-ip");
  if (address !== null && upgrades && !(await upgrades.limit({ key: address })).success) {
    const detail = "Too many connection attempts from this address: try again in a minute";
    const headers = { "retry-after": "60" };
    return failed({ status: 429, title: "Too Many Requests", detail, headers });
  }
  const presented = readCredentials(request);
  if (!presented.ok) return failed(badRequest(presented.failure));
  const hints = new URL(request.url).searchParams.getAll(CLIENT_ID_PARAMETER);
  if (hints.length > 1) {
    return failed(badRequest("The query names client_id more than once: send one"));
  }
  const [hint] = hints;
  const clientId = hint === undefined ? null : parseClientId(hint);
  if (hint !== undefined && clientId === null) {
    return failed(badRequest(faultRow("payload.client-id").text));
  }
  const { token } = presented.value;
  if (token === null) {
    if (!config.auth.anonymous_upgrade) {
      const detail = "This hub wants credentials at the upgrade: see auth.anonymous_upgrade";
      return failed(unauthorized(detail));
    }
    const hub = hubNameForUpgrade(config, clientId);
    return hub === null
      ? failed(badRequest(UNPLACED))
      : success({ ...presented.value, grant: null, clientId, hub });
  }
  const granted = await authenticate({ clientId, token }, Date.now());
  if (!granted.ok) return failed(unauthorized(faultRow(granted.failure).text));
  const grant = granted.value;
  const hub = hubNameOf(grant.clientId, config.routing.hubs);
  return success({ ...presented.value, grant, clientId: grant.clientId, hub });
}

const UNPLACED =
  "This service has several hubs: show your token at the upgrade, or add ?client_id= to the URL";

function badRequest(detail: string): Refusal {
  return { status: 400, title: "Bad Request", detail };
}

function unauthorized(detail: string): Refusal {
  return { status: 401, title: "Unauthorized", detail, headers: { "www-authenticate": "Bearer" } };
}

/** Made anew: nothing that came from outside reaches the hub but the wish for a socket (UP7). */
function hubRequest({ grant, clientId, offersSubprotocol }: Admitted): Request {
  const headers = new Headers({ upgrade: "websocket" });
  if (offersSubprotocol) headers.set("sec-websocket-protocol", SUBPROTOCOL);
  if (clientId !== null) headers.set(EXPECTED_HEADER, encodeExpected(clientId));
  if (grant !== null) headers.set(GRANT_HEADER, encodeGrant(grant));
  return new Request("https://hub/", { headers });
}

function explainUpgrade(request: Request): Response {
  const url = new URL("/", request.url);
  url.protocol = url.protocol.replace("http", "ws");
  return new Response(UPGRADE_HELP.replace("WS_URL", url.href), {
    status: 426,
    headers: { upgrade: "websocket", "content-type": "text/plain; charset=utf-8" },
  });
}
