/** This project's hub: the bundle that `npm run deploy` uploads. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { encodeFrame } from "../../../src/protocol/frame.ts";
import { MESSAGE_TYPES } from "../../../src/protocol/messages/table.ts";
import { PAYLOAD_TYPES } from "../../../src/protocol/encodings/payload-types.ts";
import { encodeUtf8 } from "../../../src/protocol/encodings/utf8.ts";
import { NIL_UUID } from "../../../src/protocol/uuid.ts";
import { numbered, type Adapter, type Protocol } from "../adapter.ts";

/** Of the tokens that the bench issues. */
export const TOKEN_SECRET = "a-secret-of-the-benchmark-of-32-bytes-and-more";

const BUILD_DIRECTORY = "dist/bench/peers/hub";
const MESSAGE_TYPE_AT = 1;

/** Tables as wrangler.toml has them; what is not here has its default. */
const VARS = {
  server: { max_connections: 10_000 },
  auth: { token_secret: TOKEN_SECRET },
  logging: { level: "error" },
  // The largest that the configuration takes: the limit is on and counted, and out of reach.
  limits: { frames_per_second: 1_000_000, frame_burst: 1_000_000 },
};

const CLIENT: Protocol = {
  path: ({ id }) => `?client_id=${id}`,
  async greet(talk, { id, token }) {
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

export const hub: Adapter = {
  title: "Signal Manager",
  server: { kind: "workerd", modules: plainModules, objects: objectsOfHub(), vars: VARS },
  client: CLIENT,
};

/** The same with counters around its objects, for what frames a second do not show. */
export const countedHub: Adapter = {
  ...hub,
  server: { kind: "workerd", modules: countedModules, objects: objectsOfHub(), vars: VARS },
};

/** The same, its clients spread over seven hubs. */
export const sevenHubs: Adapter = {
  title: "Signal Manager, 7 hubs",
  server: {
    kind: "workerd",
    modules: countedModules,
    objects: objectsOfHub(),
    vars: { ...VARS, routing: { hubs: 7 } },
  },
  client: CLIENT,
};

function objectsOfHub() {
  return { HUB: "HubObject", LEDGER: "LedgerObject" };
}

let built: Promise<unknown> | undefined;

async function build(): Promise<string> {
  built ??= promisify(execFile)("node_modules/.bin/wrangler", [
    "deploy",
    "--dry-run",
    "--outdir",
    BUILD_DIRECTORY,
  ]);
  await built;
  return `${BUILD_DIRECTORY}/index.js`;
}

async function plainModules() {
  return { "worker.js": await build() };
}

async function countedModules() {
  return { "worker.js": "bench/peers/adapters/counted-hub.js", "deployed.js": await build() };
}

function frame(messageType: number, payload: object): Uint8Array {
  return encodeFrame({
    messageType,
    uuid: NIL_UUID,
    payloadType: PAYLOAD_TYPES.JSON.value,
    payload: encodeUtf8(JSON.stringify(payload)),
  });
}
