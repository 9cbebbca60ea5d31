/**
 * The table of configuration keys: kind, default and one line of doc each. wrangler.toml spells the same keys out,
 * the README's table is generated from here, and a test holds the three together.
 */
import type * as z from "zod";
import { choice, flag, hubCount, integer, list, text } from "./kinds.ts";

interface KeyRow {
  readonly kind: z.ZodType;
  readonly default: string | number | boolean | readonly string[];
  readonly doc: string;
  /** Never shown in a fault or a log. */
  readonly secret?: true;
}

const DAY_SECONDS = 86_400;

// One row a line, to be read down.
// oxfmt-ignore
export const KEYS = {
  server: {
    host: { kind: text(), default: "127.0.0.1", doc: "Address that `npm start` listens on. At the edge it means nothing." },
    port: { kind: integer(0, 65_535), default: 8080, doc: "Port that `npm start` listens on; 0 takes a free one. At the edge it means nothing." },
    max_connections: { kind: integer(1, 32_000), default: 1000, doc: "Sessions one hub holds; beyond it clients get 503. The platform holds 32,768 sockets an object." },
    heartbeat_interval: { kind: integer(1, 3600), default: 30, doc: "Seconds between a client's heartbeats; a session silent for three of them has timed out." },
    connect_timeout: { kind: integer(1, 300), default: 10, doc: "Seconds from the upgrade to CONNECT." },
    allowed_origins: { kind: list(), default: ["*"], doc: "Origins whose pages may connect, as `https://example.com`; `*` is any, an empty list none. Clients that send no Origin are not browsers and pass." },
    tls_enabled: { kind: flag(), default: false, doc: "`npm start` serves wss:// and https://. At the edge TLS is Cloudflare's." },
    tls_cert_path: { kind: text(), default: "", doc: "PEM certificate for `npm start`; empty: one is generated." },
    tls_key_path: { kind: text(), default: "", doc: "PEM private key for `npm start`; set together with the certificate." },
    development: { kind: flag(), default: false, doc: "True under `npm start` only: lets the document's test credentials and short secrets in. Never set it on a deployed Worker." },
  },
  auth: {
    token_secret: { kind: text(), default: "", secret: true, doc: "Secret of signed tokens (JWT HS256), 32 bytes or more; empty: none are accepted. Set it with `wrangler secret put`." },
    token_expiry: { kind: integer(1, 365 * DAY_SECONDS), default: 3600, doc: "Seconds that a token issued by `npm run token`, or by `POST /admin/tokens`, lives." },
    auth_method: { kind: choice(["token"]), default: "token", doc: "The document's key; `token` is the one method: API keys and signed tokens." },
    api_keys: { kind: list(), default: [], secret: true, doc: "`client_id:token` pairs; no two clients share a token." },
    anonymous_upgrade: { kind: flag(), default: true, doc: "Accept upgrades without credentials; CONNECT must then show them." },
  },
  logging: {
    level: { kind: choice(["error", "warn", "info", "debug"]), default: "info", doc: "The least important lines that are written." },
    format: { kind: choice(["json", "text"]), default: "json", doc: "One JSON object a line, or readable text." },
    console_output: { kind: flag(), default: true, doc: "False writes nothing at all." },
  },
  metrics: {
    enabled: { kind: flag(), default: true, doc: "Serves `/metrics` in Prometheus' text format; false: 404, and hubs count nothing." },
    token: { kind: text(), default: "", secret: true, doc: "Bearer token that a scrape must show; empty: none. Set it with `wrangler secret put`." },
    port: { kind: integer(0, 65_535), default: 9090, doc: "Means nothing here: a Worker has one origin. Accepted so that the document's file works." },
    host: { kind: text(), default: "127.0.0.1", doc: "Means nothing here: a Worker has one origin. Accepted so that the document's file works." },
  },
  routing: {
    hubs: { kind: hubCount(1024), default: 1, doc: 'Hubs that clients are spread over: 1, a number, or `"per-client"`, one for every client id. docs/hubs.md says when, and how to change it.' },
    location_hint: { kind: choice(["", "wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"]), default: "", doc: "Where new hubs and Ledgers are created; empty: near whoever calls them first." },
    jurisdiction: { kind: choice(["", "eu", "us", "fedramp", "fedramp-high"]), default: "", doc: "Where hubs and Ledgers must run and store; empty: anywhere. Others are other objects: set it before the first client." },
  },
  events: {
    sinks: { kind: list(["log", "pubsub", "none"]), default: ["log"], doc: "Where events go: `log`, `pubsub`, both, or `none`." },
    ledgers: { kind: integer(1, 64), default: 1, doc: "Objects that the hubs' reports are spread over. One takes hundreds of reports a second; change it only while nobody is connected and no event waits." },
    signal_delivered: { kind: flag(), default: false, doc: "Tells `signal.delivered` too." },
    max_stored: { kind: integer(1000, 10_000_000), default: 100_000, doc: "Events a Ledger keeps while they cannot be published; beyond it the oldest are dropped, and counted." },
    pubsub_project: { kind: text(), default: "", doc: "Google Cloud project of the topic." },
    pubsub_topic: { kind: text(), default: "", doc: "Topic that events are published to." },
    pubsub_endpoint: { kind: text(), default: "https://pubsub.googleapis.com", doc: "Base URL of Pub/Sub: a locational endpoint keeps events in order; or the emulator." },
    pubsub_service_account: { kind: text(), default: "", secret: true, doc: "JSON key of a service account with roles/pubsub.publisher. Set it with `wrangler secret put`. The emulator needs none." },
    pubsub_auth: { kind: choice(["jwt", "oauth"]), default: "jwt", doc: "`jwt`: requests carry a token signed by ourselves; `oauth`: one exchanged at `pubsub_token_url`." },
    pubsub_token_url: { kind: text(), default: "https://oauth2.googleapis.com/token", doc: "Where `oauth` exchanges tokens." },
    pubsub_timeout: { kind: integer(1, 120), default: 20, doc: "Seconds that one request to Pub/Sub may take." },
  },
  admin: {
    token: { kind: text(), default: "", secret: true, doc: "Bearer token of the admin API; empty: there is no admin API. Set it with `wrangler secret put`." },
  },
  limits: {
    max_message_size: { kind: integer(65_556, 1_048_576), default: 1_048_576, doc: "Bytes of one WebSocket message; beyond it the connection is closed. At least one whole frame." },
    message_buffer_size: { kind: integer(1024, 1_048_576), default: 8192, doc: "Bytes of a message in which several frames leave together for a client that asked for `batch`." },
    frames_per_second: { kind: integer(0, 1_000_000), default: 500, doc: "Frames a second that one connection may keep up; 0: no limit." },
    frame_burst: { kind: integer(1, 1_000_000), default: 1000, doc: "Frames that one connection may send at once before the rate counts." },
  },
} as const satisfies Record<string, Record<string, KeyRow>>;

export type Section = keyof typeof KEYS;

/** Every section with every key, parsed. */
export type Config = {
  readonly [S in Section]: {
    readonly [K in keyof (typeof KEYS)[S]]: (typeof KEYS)[S][K] extends {
      kind: infer Kind extends z.ZodType;
    }
      ? z.output<Kind>
      : never;
  };
};

/** Every section; in it the keys whose own value was in order. */
export type PartialConfig = { readonly [S in Section]: Partial<Config[S]> };

export interface FlatKey extends KeyRow {
  readonly section: string;
  readonly key: string;
  /** `SIGNAL_MANAGER_<SECTION>_<KEY>` */
  readonly variable: string;
}

export const VARIABLE_PREFIX = "SIGNAL_MANAGER_";

/** The table as rows, in its order. */
export const FLAT_KEYS: readonly FlatKey[] = Object.entries(KEYS).flatMap(([section, rows]) =>
  Object.entries(rows).map(([key, row]: [string, KeyRow]) => ({
    ...row,
    section,
    key,
    variable: `${VARIABLE_PREFIX}${section}_${key}`.toUpperCase(),
  })),
);
