/**
 * The table of configuration keys: kind, default and one line of documentation for each. wrangler.toml lists the same keys with
 * the same defaults, the table in docs/configuration.md is generated from here, and tests hold the three together.
 */
import { isObject } from "../protocol/json.ts";
import {
  apiKeys,
  choice,
  flag,
  hubs,
  integer,
  list,
  listOf,
  serviceAccount,
  text,
  type Kind,
} from "./kinds.ts";

interface KeyRow {
  readonly kind: Kind<unknown>;
  /** As wrangler.toml has it: the kind parses it like any other value. */
  readonly default: string | number | boolean | readonly string[];
  readonly doc: string;
  /** The value is never shown, neither in a fault nor in the log. */
  readonly secret?: true;
}

const DAY_SECONDS = 86_400;

/** The names that `events.sinks` may hold. */
export const SINK_NAMES = ["log", "pubsub", "none"] as const;

/** The table, by section and key. One line for each row, so that it can be read from top to bottom. */
// oxfmt-ignore
export const KEYS = {
  server: {
    host: { kind: text(), default: "127.0.0.1", doc: "The address that `npm start` listens on. A deployed Worker ignores it." },
    port: { kind: integer(0, 65_535), default: 8080, doc: "The port that `npm start` listens on; 0 takes a free one. A deployed Worker ignores it." },
    max_connections: { kind: integer(1, 32_000), default: 1000, doc: "The number of sessions that one hub holds; further clients get 503. The platform allows 32,768 sockets per object." },
    heartbeat_interval: { kind: integer(1, 3600), default: 30, doc: "Seconds between a client's heartbeats. A session ends when the hub has heard nothing for three intervals, and for `server.min_silence`. Many routers forget a connection that is idle for longer than 30 seconds; the SDK pings every 25 seconds at the latest." },
    min_silence: { kind: integer(0, 3600), default: 75, doc: "Seconds that a session may always be silent, however short the heartbeat interval. Browsers run the timers of a hidden page once a minute, so below 75 such a page is offline half of the time. Lower it only if no client is a browser." },
    connect_timeout: { kind: integer(1, 300), default: 10, doc: "Seconds that a client has for CONNECT after the upgrade." },
    allowed_origins: { kind: list(), default: ["*"], doc: "Origins whose pages may connect, such as `https://example.com`, `https://*.example.com` or `tauri://localhost`; `*` allows all of them, an empty list none. The service's own pages, and clients that send no Origin, may always connect." },
    tls_enabled: { kind: flag(), default: false, doc: "Whether `npm start` serves wss:// and https://. For a deployed Worker, Cloudflare provides TLS." },
    tls_cert_path: { kind: text(), default: "", doc: "PEM certificate for `npm start`; if empty, one is generated." },
    tls_key_path: { kind: text(), default: "", doc: "PEM private key for `npm start`; set it together with the certificate." },
    development: { kind: flag(), default: false, doc: "True under `npm start` only: accepts the published test credentials and short secrets. Never set it on a deployed Worker." },
  },
  auth: {
    token_secret: { kind: text(), default: "", secret: true, doc: "The secret of signed tokens (JWT with HS256), at least 32 bytes; if empty, no signed token is accepted. Set it with `wrangler secret put`." },
    token_expiry: { kind: integer(1, 365 * DAY_SECONDS), default: 3600, doc: "Seconds after which a token from `npm run token` or `POST /admin/tokens` expires." },
    auth_method: { kind: choice(["token"]), default: "token", doc: "Always `token`, which stands for API keys and signed tokens. Accepted for compatibility with the original configuration file." },
    api_keys: { kind: apiKeys(), default: [], secret: true, doc: "`client_id:token` pairs. No two clients may share a token." },
    anonymous_upgrade: { kind: flag(), default: true, doc: "Whether an upgrade without credentials is accepted; CONNECT must then present them." },
  },
  logging: {
    level: { kind: choice(["error", "warn", "info", "debug"]), default: "info", doc: "Lines of this level, and of every more important one, are written." },
    format: { kind: choice(["json", "text"]), default: "json", doc: "`json` writes each line as one JSON object, `text` as readable text." },
    console_output: { kind: flag(), default: true, doc: "If false, nothing is logged." },
  },
  metrics: {
    enabled: { kind: flag(), default: true, doc: "Whether `/metrics` is served, in the text format of Prometheus. If false, it answers 404 and hubs count nothing." },
    token: { kind: text(), default: "", secret: true, doc: "The bearer token that a scrape must present; if empty, none. Set it with `wrangler secret put`." },
    port: { kind: integer(0, 65_535), default: 9090, doc: "Ignored: a Worker has one origin. Accepted for compatibility with the original configuration file." },
    host: { kind: text(), default: "127.0.0.1", doc: "Ignored: a Worker has one origin. Accepted for compatibility with the original configuration file." },
  },
  routing: {
    hubs: { kind: hubs(1024), default: 1, doc: 'The number of hubs that clients are spread over, or `"per-client"` for one hub per client id. docs/hubs.md says when to change it, and how.' },
    location_hint: { kind: choice(["", "wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"]), default: "", doc: "Where new hubs and Ledgers are created; if empty, near their first caller." },
    jurisdiction: { kind: choice(["", "eu", "us", "fedramp", "fedramp-high"]), default: "", doc: "Where hubs and Ledgers must run and store their data; if empty, anywhere. Each jurisdiction has objects of its own, so set it before the first client connects." },
  },
  events: {
    sinks: { kind: listOf(SINK_NAMES), default: ["log"], doc: "Where events go: `log`, `pubsub`, both, or `none`." },
    ledgers: { kind: integer(1, 64), default: 1, doc: "The number of Ledgers that the hubs' reports are spread over. One takes hundreds of reports per second. Change it only while no client is connected and no event waits." },
    signal_delivered: { kind: flag(), default: false, doc: "Whether `signal.delivered` is emitted, too." },
    max_stored: { kind: integer(1000, 10_000_000), default: 100_000, doc: "The number of events that a Ledger keeps while they cannot be published; beyond it, it drops the oldest and counts them." },
    pubsub_project: { kind: text(), default: "", doc: "The Google Cloud project of the topic." },
    pubsub_topic: { kind: text(), default: "", doc: "The topic that events are published to." },
    pubsub_endpoint: { kind: text(), default: "https://pubsub.googleapis.com", doc: "The base URL of Pub/Sub. A locational endpoint keeps events in order; the emulator has a URL of its own." },
    pubsub_service_account: { kind: serviceAccount(), default: "", secret: true, doc: "The JSON key of a service account with roles/pubsub.publisher. Set it with `wrangler secret put`. The emulator needs none." },
    pubsub_auth: { kind: choice(["jwt", "oauth"]), default: "jwt", doc: "`jwt`: requests carry a token that the Ledger signs; `oauth`: one that it obtains from `pubsub_token_url`." },
    pubsub_token_url: { kind: text(), default: "https://oauth2.googleapis.com/token", doc: "The URL from which `oauth` obtains tokens." },
    pubsub_timeout: { kind: integer(1, 120), default: 20, doc: "Seconds that one request to Pub/Sub may take." },
  },
  admin: {
    token: { kind: text(), default: "", secret: true, doc: "The bearer token of the admin API; if empty, there is no admin API. Set it with `wrangler secret put`." },
  },
  limits: {
    max_message_size: { kind: integer(65_556, 1_048_576), default: 1_048_576, doc: "Bytes of one WebSocket message; a longer one closes the connection. It must hold at least one whole frame." },
    message_buffer_size: { kind: integer(1024, 1_048_576), default: 8192, doc: "The most bytes of one batched message, which only a client that asked for `batch` receives." },
    frames_per_second: { kind: integer(0, 1_000_000), default: 500, doc: "Frames per second that one connection may send in the long run; 0: no limit." },
    frame_burst: { kind: integer(1, 1_000_000), default: 1000, doc: "Frames that one connection may send at once before the rate applies." },
  },
} as const satisfies Record<string, Record<string, KeyRow>>;

/** The name of a section, which is a table in wrangler.toml. */
export type Section = keyof typeof KEYS;

/** Every section with every key, parsed to its final value. */
export type Config = {
  readonly [S in Section]: {
    readonly [K in keyof (typeof KEYS)[S]]: (typeof KEYS)[S][K] extends {
      kind: Kind<infer Value>;
    }
      ? Value
      : never;
  };
};

/** Like `Config`, without the keys whose value has a fault; `api_keys` keeps its valid pairs. */
export type PartialConfig = { readonly [S in Section]: Partial<Config[S]> };

/** The settings as the platform provides them: tables as objects, variables and secrets as strings, and bindings among them. */
export type Settings = Readonly<Record<string, unknown>>;

/** Whether a value can be a TOML table. A binding can look like one. */
export function isTomlTable(value: unknown): value is Settings {
  return isObject(value);
}

/** A row of the table, with its names. */
export interface FlatKey extends KeyRow {
  readonly section: string;
  readonly key: string;
  /** `SIGNAL_MANAGER_<SECTION>_<KEY>` */
  readonly variable: string;
}

/** Of every variable and secret that sets a key. */
export const VARIABLE_PREFIX = "SIGNAL_MANAGER_";

/** The table as a list of rows, in its order. */
export const FLAT_KEYS: readonly FlatKey[] = Object.entries(KEYS).flatMap(([section, rows]) =>
  Object.entries(rows).map(([key, row]: [string, KeyRow]) => ({
    ...row,
    section,
    key,
    variable: `${VARIABLE_PREFIX}${section}_${key}`.toUpperCase(),
  })),
);
