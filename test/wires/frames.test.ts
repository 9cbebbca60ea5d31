/** The frames wire: the contract of every wire, and what only frames have. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePayload } from "../../src/protocol/encodings/payload.ts";
import { MESSAGE_TYPES, messageTypeName } from "../../src/protocol/messages/table.ts";
import { signalRequest } from "../../src/protocol/messages/signal.ts";
import { failed } from "../../src/protocol/result.ts";
import { framesWire } from "../../src/wires/frames.ts";
import type { Inbound, WireMessage } from "../../src/wires/wire.ts";
import { binary, concat, frame, NIL, uuid, uuidBytes } from "../support/frames.ts";
import { fromHex, toHex } from "../support/hex.ts";
import { parseUuid } from "../support/parse-uuid.ts";
import { describeWire, type Said, type WireClient } from "./wire-contract.ts";

/** Written from FR1, with Node's Buffer. */
const client: WireClient = {
  wire: framesWire,
  write({ type, uuid: id, payload }) {
    const messageType = typeof type === "number" ? type : MESSAGE_TYPES[type].value;
    const json = Buffer.from(JSON.stringify(payload));
    const bytes = Buffer.alloc(21 + json.length);
    bytes.set([0xaa, messageType, ...(parseUuid(id) ?? []), 0x02]);
    bytes.writeUInt16BE(json.length, 19);
    bytes.set(json, 21);
    return Uint8Array.from(bytes);
  },
  read(message): Said {
    const bytes = Buffer.from(message as Uint8Array);
    const hex = bytes.toString("hex", 2, 18);
    expect([bytes[0], bytes[18], bytes.readUInt16BE(19)]).toEqual([0xaa, 0x02, bytes.length - 21]);
    return {
      type: messageTypeName(bytes[1] ?? 0) ?? bytes[1] ?? 0,
      uuid: hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
      payload: JSON.parse(bytes.toString("utf8", 21)),
    };
  },
  broken: fc
    .tuple(fc.constantFrom(frame("SIGNAL_OFFER", "bob:v=0", uuid(6)), new Uint8Array()), fc.nat(40))
    .chain(([whole, length]) =>
      fc.oneof(
        fc.constant(whole.slice(0, length)),
        fc.uint8Array({ maxLength: 30 }).map((tail) => concat(whole, tail)),
      ),
    ),
};

describeWire(client);

/** Every inbound of a message: a request as its uuid, anything else as fault, uuid, and whether it loses framing. */
function outline(message: WireMessage): unknown[] {
  const items: unknown[] = [];
  let at = 0;
  let inbound: Inbound;
  do {
    inbound = framesWire.read(message, at);
    items.push(
      inbound.kind === "request"
        ? toHex(inbound.request.uuid)
        : [inbound.fault, toHex(inbound.replyTo.uuid), inbound.losesFraming],
    );
    at = inbound.end;
  } while (at < message.length);
  return items;
}

const hexOf = (id: string) => id.replaceAll("-", "");

describe("A WebSocket message of frames", () => {
  it("[FR2] is read frame by frame, in order", () => {
    const frames = [1, 2, 3].map((n) => frame("SIGNAL_OFFER", `bob:${n}`, uuid(n)));
    expect(outline(concat(...frames))).toEqual([1, 2, 3].map((n) => hexOf(uuid(n))));
  });

  it("[FR2] without a byte loses framing", () => {
    expect(outline(new Uint8Array())).toEqual([["message.empty", hexOf(NIL), true]]);
  });

  it.each(["", "ping", "x".repeat(100)])(
    "[FR7] in text is refused, and loses no framing: %j",
    (text) => {
      expect(outline(text)).toEqual([["message.text", hexOf(NIL), false]]);
    },
  );

  it("[FR4] [FR5] that is cut at any byte loses framing at the cut frame, and keeps those before it", () => {
    const first = frame("SIGNAL_OFFER", "bob:v=0", uuid(1));
    const whole = concat(first, frame("SIGNAL_OFFER", "bob:v=1", uuid(2)));
    for (let length = first.length + 1; length < whole.length; length += 1) {
      const inFrame = length - first.length;
      const fault = inFrame < 21 ? "frame.truncated-header" : "frame.truncated-payload";
      const id = inFrame < 18 ? NIL : uuid(2);
      expect(outline(whole.subarray(0, length))).toEqual([
        hexOf(uuid(1)),
        [fault, hexOf(id), true],
      ]);
    }
  });

  it("[FR1] says how many bytes of it each frame takes up", () => {
    const message = concat(frame("HEARTBEAT", ""), frame("HEARTBEAT", "1234"));
    const first = framesWire.read(message, 0);
    expect(first).toMatchObject({ kind: "request", bytes: 21, end: 21 });
    expect(framesWire.read(message, 21)).toMatchObject({ kind: "request", bytes: 25, end: 46 });
  });

  it("[FR1] is read where it lies inside a larger buffer", () => {
    const bytes = concat(Uint8Array.of(1, 2, 3), frame("SIGNAL_OFFER", "bob:x"), Uint8Array.of(4));
    const inbound = framesWire.read(bytes.subarray(3, -1), 0);
    expect(inbound).toMatchObject({ kind: "request", bytes: 26 });
    expect(inbound.kind === "request" && Buffer.from(inbound.request.payload).toString()).toBe(
      "bob:x",
    );
  });
});

describe("A signal whose payload is cut at any byte", () => {
  const refused = ["payload.utf8", "payload.json", "payload.text", "payload.binary"];

  it.each([
    ["JSON", 2, Buffer.from('{"target_client_id":"zoë","signal_data":{"a":[1,"\\u00e9"]}}')],
    ["TEXT", 3, Buffer.from("zoë🦊:v=0")],
    ["BINARY", 1, binary(["zoë"], Uint8Array.of(0xff))],
  ])(
    "[PT3] [PT4] [PT5] is refused, or is a shorter signal to the same target, in %s",
    (_, payloadType, payload) => {
      const whole = decodePayload(payloadType, payload, signalRequest);
      if (!whole.ok) throw new Error(whole.failure);
      for (let length = 0; length < payload.length; length += 1) {
        const cut = decodePayload(payloadType, payload.subarray(0, length), signalRequest);
        if (cut.ok) expect(cut.value.target).toBe(whole.value.target);
        else expect(refused).toContain(cut.failure);
      }
    },
  );
});

describe("A request in a payload type that is not supported", () => {
  it.each([0x00, 0x04, 0x05, 0x06, 0xff])(
    "[PT2] is read as a request, and refused: %i",
    (payloadType) => {
      const bytes = frame("SIGNAL_OFFER", "bob:x", uuid(1));
      bytes[18] = payloadType;
      const inbound = framesWire.read(bytes, 0);
      if (inbound.kind !== "request") throw new Error(inbound.fault);
      expect(inbound.request.payloadType).toBe(payloadType);
      expect(framesWire.decode(inbound.request, signalRequest)).toEqual(failed("payload.type"));
    },
  );
});

describe("A delivery", () => {
  it("[SI5] is the stamped frame itself", () => {
    const bytes = fromHex(toHex(uuidBytes(uuid(1))));
    expect(framesWire.encodeDelivery(bytes)).toBe(bytes);
  });
});
