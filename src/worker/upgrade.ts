/**
 * `GET /`: carries out what `admission.ts` decides about an upgrade request, and passes an admitted one to its hub (UP1-UP8). A
 * request without `Upgrade` is judged in the same way, since a page learns nothing of an upgrade that was refused (UP9).
 */
import type { Context } from "hono";
import { problem, unavailable, Unavailable } from "../admin/problem.ts";
import { redactUrl } from "../log/log.ts";
import { CLIENT_ID_PARAMETER, SUBPROTOCOL } from "../protocol/names.ts";
import {
  decideAdmission,
  type Admission,
  type KnownAnswers,
  type Refusal,
  type UpgradeFacts,
} from "./admission.ts";
import { readCredentials, UPGRADE_PARAMETERS } from "./credentials.ts";
import { encodeExpected, encodeGrant, EXPECTED_HEADER, GRANT_HEADER } from "./grant-header.ts";
import { hubStub } from "./hubs.ts";
import { createObjectCalls } from "./object-calls.ts";
import { rateKeyOf } from "./rate-key.ts";
import type { AppTypes, Services } from "./services.ts";
import { workerStatsOf } from "./worker-stats.ts";

const UPGRADE_HELP = `This is a Signal Manager: a WebRTC signalling service.

It speaks WebSocket here. Connect with a WebSocket client, for example in a browser:

    const ws = new WebSocket("WS_URL");

then send a binary CONNECT frame. PROTOCOL.md of the project describes it.
DEMO_URL is a page that calls from one browser tab to another.
`;

/** The same for a person who opens the address in a browser. */
const UPGRADE_PAGE = `<!doctype html><meta charset="utf-8"><title>Signal Manager</title>
<p><a href="/demo/">Call from one browser tab to another: the demo</a></p>
<pre>HELP</pre>
`;

/** Answers, and counts the answer by its status: 500 where answering throws. */
export async function upgrade(c: Context<AppTypes>): Promise<Response> {
  let status = 500;
  try {
    const response = await answer(c);
    ({ status } = response);
    return response;
  } finally {
    const counts = workerStatsOf(c.env, c.var.services);
    counts.stats.answered(status);
    counts.reportSoon(c.executionCtx);
  }
}

async function answer(c: Context<AppTypes>): Promise<Response> {
  const { raw } = c.req;
  const isUpgrade = raw.headers.get("upgrade")?.toLowerCase() === "websocket";
  const facts = factsOf(raw);
  if (!isUpgrade && !isQuestion(facts)) return explainUpgrade(raw);
  const { services } = c.var;
  const url = redactUrl(raw.url, UPGRADE_PARAMETERS);
  const decided = await decide(facts, services, c.env.UPGRADES);
  if (decided.kind === "refused") {
    const { status, detail, headers = {} } = decided.refusal;
    services.log("upgrade.refused", { status, detail, url });
    return problem(status, detail, { headers });
  }
  if (!isUpgrade) return explainUpgrade(raw);
  const { admission } = decided;
  const response = await openAtHub(c, admission);
  const event = response.status === 101 ? "upgrade.accepted" : "upgrade.refused";
  services.log(event, { status: response.status, url });
  return response;
}

/**
 * The hub's answer, or 503 where the platform is why there is none. An upgrade may reach the hub twice: it only opens a
 * socket that waits for CONNECT, and one that nobody holds is closed by the connect deadline.
 */
async function openAtHub(c: Context<AppTypes>, admission: Admission): Promise<Response> {
  const { services } = c.var;
  const { hub } = admission;
  const callObject = createObjectCalls(c.env, services, c.executionCtx);
  const attempt = () => hubStub(c.env, services.config, hub).fetch(hubRequest(admission));
  try {
    return await callObject({ object: hub, isRepeatable: true, attempt });
  } catch (error) {
    if (error instanceof Unavailable) return unavailable(error);
    throw error;
  }
}

type Decided =
  | { readonly kind: "admitted"; readonly admission: Admission }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Answers the questions of `decideAdmission`, which asks each at most once, until it has decided. */
async function decide(
  facts: UpgradeFacts,
  services: Services,
  upgrades: RateLimit | undefined,
  known: KnownAnswers = {},
): Promise<Decided> {
  const decision = decideAdmission(facts, services.config, known);
  switch (decision.kind) {
    case "ask-rate": {
      const verdict = await upgrades?.limit({ key: rateKeyOf(decision.address) });
      const isWithinRate = verdict?.success ?? true;
      return decide(facts, services, upgrades, { ...known, isWithinRate });
    }
    case "ask-grant": {
      const granted = await services.authenticate(decision.credentials, Date.now());
      return decide(facts, services, upgrades, { ...known, granted });
    }
    case "admitted":
    case "refused":
      return decision;
  }
}

function factsOf(request: Request): UpgradeFacts {
  const url = new URL(request.url);
  return {
    origin: request.headers.get("origin"),
    ownOrigin: url.origin,
    address: request.headers.get("cf-connecting-ip"),
    credentials: readCredentials(request),
    clientIds: url.searchParams.getAll(CLIENT_ID_PARAMETER),
  };
}

/** Whether a request without `Upgrade` asks if it would be admitted (UP9). A person who visits the address has no question. */
function isQuestion({ origin, credentials }: UpgradeFacts): boolean {
  return origin !== null || !credentials.ok || credentials.value.token !== null;
}

/** A new request. Of the client's own, only the upgrade and the client id that it named reach the hub (UP7, CO7). */
function hubRequest({ grant, clientId, offersSubprotocol }: Admission): Request {
  const headers = new Headers({ upgrade: "websocket" });
  if (offersSubprotocol) headers.set("sec-websocket-protocol", SUBPROTOCOL);
  if (clientId !== null) headers.set(EXPECTED_HEADER, encodeExpected(clientId));
  if (grant !== null) headers.set(GRANT_HEADER, encodeGrant(grant));
  return new Request("https://hub/", { headers });
}

function explainUpgrade(request: Request): Response {
  const url = new URL("/", request.url);
  url.protocol = url.protocol.replace("http", "ws");
  const demo = new URL("/demo/", request.url);
  // The URL parser leaves no character in a host that HTML would read.
  const help = UPGRADE_HELP.replace("WS_URL", url.href).replace("DEMO_URL", demo.href);
  const isPage = request.headers.get("accept")?.includes("text/html") ?? false;
  return new Response(isPage ? UPGRADE_PAGE.replace("HELP", help) : help, {
    status: 426,
    headers: {
      upgrade: "websocket",
      "content-type": `text/${isPage ? "html" : "plain"}; charset=utf-8`,
      vary: "accept",
    },
  });
}
