/** This project's hub: the bundle that `npm run deploy` uploads, today's and that of the baseline commit. */
import { encodeFrame } from "../../../src/protocol/frame.ts";
import { MESSAGE_TYPES } from "../../../src/protocol/messages/table.ts";
import { PAYLOAD_TYPES } from "../../../src/protocol/encodings/payload-types.ts";
import { encodeUtf8 } from "../../../src/protocol/encodings/utf8.ts";
import { NIL_UUID } from "../../../src/protocol/uuid.ts";
import { BASELINE, baselineBundle, todaysBundle, type Bundle } from "../../bundles.ts";
import { numbered, type Protocol, type WorkerdAdapter } from "../adapter.ts";

/** Signs the tokens that the bench issues. */
export const TOKEN_SECRET = "a-secret-of-the-benchmark-of-32-bytes-and-more";

const MESSAGE_TYPE_AT = 1;

/** Tables as wrangler.toml has them. What is not here has its default. */
const VARS = {
  server: { max_connections: 10_000 },
  auth: { token_secret: TOKEN_SECRET },
  logging: { level: "error" },
  // The largest values that the configuration accepts: the limit works, and no client reaches it.
  limits: { frames_per_second: 1_000_000, frame_burst: 1_000_000 },
};

const CLIENT: Protocol = {
  path: ({ id }) => `?client_id=${id}`,
  async handshake(talk, { id, token }) {
    const request = { client_id: id, auth_token: token, capabilities: ["batch"] };
    talk.send(frame(MESSAGE_TYPES.CONNECT.value, request));
    const answer = await talk.next();
    if (answer[MESSAGE_TYPE_AT] !== MESSAGE_TYPES.CONNECT_ACK.value) {
      throw new Error(`CONNECT was answered ${answer.toString("latin1", 21)}`);
    }
  },
  signal: (_from, to) =>
    numbered((sdp) =>
      frame(MESSAGE_TYPES.SIGNAL_OFFER.value, { target_client_id: to, signal_data: sdp }),
    ),
  isBinary: true,
  batches: true,
  beat: "ping",
};

const OBJECTS = { HUB: "HubObject", LEDGER: "LedgerObject" };

export const hub: WorkerdAdapter = {
  title: "Signal Manager",
  server: {
    kind: "workerd",
    build: async () => plain(await todaysBundle()),
    objects: OBJECTS,
    vars: VARS,
  },
  client: CLIENT,
};

/** The hub as it was at the commit that every later one is measured against. */
export const baselineHub: WorkerdAdapter = {
  title: `Signal Manager, ${BASELINE}`,
  server: {
    kind: "workerd",
    build: async () => plain(await baselineBundle()),
    objects: OBJECTS,
    vars: VARS,
  },
  client: CLIENT,
};

/** The hub with counters around its objects, for what signals per second do not show. */
export const countedHub: WorkerdAdapter = {
  ...hub,
  server: { kind: "workerd", build: counted, objects: OBJECTS, vars: VARS },
};

/** The hub with counters, its clients spread over seven hubs. */
export const sevenHubs: WorkerdAdapter = {
  title: "Signal Manager, 7 hubs",
  server: {
    kind: "workerd",
    build: counted,
    objects: OBJECTS,
    vars: { ...VARS, routing: { hubs: 7 } },
  },
  client: CLIENT,
};

function plain({ path, compatibilityDate }: Bundle) {
  return { modules: { "worker.js": path }, compatibilityDate };
}

async function counted() {
  const { path, compatibilityDate } = await todaysBundle();
  const modules = { "worker.js": "bench/peers/adapters/counted-hub.js", "deployed.js": path };
  return { modules, compatibilityDate };
}

function frame(messageType: number, payload: object): Uint8Array {
  return encodeFrame({
    messageType,
    uuid: NIL_UUID,
    payloadType: PAYLOAD_TYPES.JSON.value,
    payload: encodeUtf8(JSON.stringify(payload)),
  });
}
