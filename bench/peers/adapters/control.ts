/** The bare relay on hibernating sockets of bench/relay/control-relay.js, on the hub's workerd. */
import { MESSAGE_TYPES } from "../../../src/protocol/messages/table.ts";
import { encodeFrame } from "../../../src/protocol/frame.ts";
import { PAYLOAD_TYPES } from "../../../src/protocol/encodings/payload-types.ts";
import { encodeUtf8 } from "../../../src/protocol/encodings/utf8.ts";
import { NIL_UUID } from "../../../src/protocol/uuid.ts";
import { COMPATIBILITY_DATE } from "../../bundles.ts";
import { numbered, type Adapter } from "../adapter.ts";

export const control: Adapter = {
  title: "bare relay on workerd",
  server: {
    kind: "workerd",
    build: async () => ({
      modules: { "worker.js": "bench/relay/control-relay.js" },
      compatibilityDate: COMPATIBILITY_DATE,
    }),
    objects: { CONTROL: "ControlObject" },
  },
  client: {
    path: ({ id }) => `?client_id=${id}`,
    // The relay gets the hub's frames and reads only their JSON.
    signal: (_from, to) =>
      numbered((sdp) =>
        encodeFrame({
          messageType: MESSAGE_TYPES.SIGNAL_OFFER.value,
          uuid: NIL_UUID,
          payloadType: PAYLOAD_TYPES.JSON.value,
          payload: encodeUtf8(JSON.stringify({ target_client_id: to, signal_data: sdp })),
        }),
      ),
    isBinary: true,
    batches: false,
  },
};
