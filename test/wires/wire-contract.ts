/** What every `Wire` must do. A wire's own test calls `describeWire` with a client that speaks that wire. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestDecoder } from "../../src/protocol/encodings/payload.ts";
import { connectAck, connectRequest } from "../../src/protocol/messages/connect.ts";
import { disconnectRequest } from "../../src/protocol/messages/disconnect.ts";
import { errorAnswer } from "../../src/protocol/messages/error.ts";
import { heartbeatAck, heartbeatRequest } from "../../src/protocol/messages/heartbeat.ts";
import { signalAck, signalRequest } from "../../src/protocol/messages/signal.ts";
import { MESSAGE_TYPES, type MessageTypeName } from "../../src/protocol/messages/table.ts";
import { failed, success } from "../../src/protocol/result.ts";
import { framesWire } from "../../src/wires/frames.ts";
import {
  copyReplyTo,
  UNSOLICITED,
  type Inbound,
  type InboundRequest,
  type Wire,
  type WireMessage,
} from "../../src/wires/wire.ts";
import { clientId } from "../support/client-ids.ts";
import { frame, NIL, uuid } from "../support/frames.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One request, or one message of the hub, by the names of PROTOCOL.md. */
export interface Said {
  readonly type: MessageTypeName | number;
  readonly uuid: string;
  /** As in JSON. */
  readonly payload: unknown;
}

/** A client of the wire. Its encoder and decoder MUST share no code with the wire. */
export interface WireClient {
  readonly wire: Wire;
  /** A WebSocket message that holds one request. */
  write(request: Said): WireMessage;
  /** What the hub sent, which MUST be one message of the protocol. */
  read(message: WireMessage): Said;
  /** Messages that are broken in ways of this wire. */
  readonly broken: fc.Arbitrary<WireMessage>;
}

const SIGNALS = ["SIGNAL_OFFER", "SIGNAL_ANSWER", "SIGNAL_ICE_CANDIDATE"] as const;
const SIGNAL: Fields = { target_client_id: "bob", signal_data: { sdp: "v=0\r\n" }, extra: [1.5] };

export function describeWire({ wire, write, read, broken }: WireClient): void {
  const ask = (type: Said["type"], payload: Fields, id = uuid(1)): InboundRequest => {
    const message = write({ type, uuid: id, payload });
    const inbound = wire.read(message, 0);
    if (inbound.kind !== "request") throw new Error(`the wire refuses it: ${inbound.fault}`);
    expect(inbound.end).toBe(message.length);
    return inbound.request;
  };
  const decoded = <Request>(request: InboundRequest, decoder: RequestDecoder<Request>): Request => {
    const result = wire.decode(request, decoder);
    if (!result.ok) throw new Error(`the wire refuses it: ${result.failure}`);
    return result.value;
  };
  const stampedAs = (request: InboundRequest, source: string): Said => {
    const stamped = wire.stamp(request, decoded(request, signalRequest), clientId(source));
    if (!stamped.ok) throw new Error(`the wire refuses it: ${stamped.failure}`);
    return read(wire.encodeDelivery(stamped.value));
  };

  describe(`The wire "${wire.name}"`, () => {
    it.each([...Object.values(MESSAGE_TYPES).map(({ value }) => value), 0x00, 0x20, 0xee])(
      "[MT2] reads a request of any type, known or not: %i",
      (type) => {
        expect(ask(type, {}).messageType).toBe(type);
      },
    );

    it.each<[MessageTypeName, Fields, RequestDecoder<object>, object]>([
      [
        "CONNECT",
        { client_id: "zoë", auth_token: "t", capabilities: ["ack"] },
        connectRequest,
        { clientId: "zoë", authToken: "t", capabilities: ["ack"] },
      ],
      ["HEARTBEAT", { timestamp: 7 }, heartbeatRequest, { timestamp: 7 }],
      ["HEARTBEAT", {}, heartbeatRequest, { timestamp: null }],
      ["DISCONNECT", { reason: "bye" }, disconnectRequest, { reason: "bye" }],
    ])("[CO1] [HB1] [DC1] decodes %s %j", (type, fields, decoder, request) => {
      expect(wire.decode(ask(type, fields), decoder)).toEqual(success(request));
    });

    it("[ID1] [SI1] refuses what a request lacks as a fault, and not as an exception", () => {
      const connect = ask("CONNECT", { client_id: "" });
      expect(wire.decode(connect, connectRequest)).toEqual(failed("payload.client-id"));
      const signal = ask("SIGNAL_OFFER", { target_client_id: "bob" });
      expect(wire.decode(signal, signalRequest)).toEqual(failed("payload.signal-data"));
    });

    it("[FR4] [FR5] never throws, whatever arrives, and comes to the end of every message", () => {
      const anything = fc.oneof(fc.string(), fc.json(), fc.uint8Array(), broken);
      fc.assert(
        fc.property(anything, (message) => {
          let at = 0;
          let inbound: Inbound;
          do {
            inbound = wire.read(message, at);
            expect(inbound.end).toBeGreaterThanOrEqual(Math.min(at + 1, message.length));
            at = inbound.end;
            if (inbound.kind === "unreadable") expect(at).toBe(message.length);
            else {
              for (const decoder of [connectRequest, heartbeatRequest, disconnectRequest]) {
                wire.decode<object>(inbound.request, decoder);
              }
              const signal = wire.decode(inbound.request, signalRequest);
              if (signal.ok) wire.stamp(inbound.request, signal.value, clientId("alice"));
            }
          } while (at < message.length);
          expect(at).toBe(message.length);
        }),
        { numRuns: 500 },
      );
    });

    it("[CO3] [ER2] writes each answer with the uuid of the request that it answers", () => {
      const replyTo = ask("HEARTBEAT", { timestamp: 7 }, uuid(9));
      const ack = {
        sessionId: "s",
        clientId: clientId("zoë"),
        heartbeatIntervalSeconds: 30,
        serverTimeMs: 7,
        capabilities: ["ack"] as const,
      };
      expect(read(wire.encode(replyTo, connectAck, ack))).toEqual({
        type: "CONNECT_ACK",
        uuid: uuid(9),
        payload: {
          status: "success",
          session_id: "s",
          client_id: "zoë",
          heartbeat_interval: 30,
          server_time: 7,
          capabilities: ["ack"],
        },
      });
      const beat = { timestampMs: 8, clientTimestamp: 7 };
      expect(read(wire.encode(replyTo, heartbeatAck, beat))).toEqual({
        type: "HEARTBEAT_ACK",
        uuid: uuid(9),
        payload: { timestamp: 8, client_timestamp: 7 },
      });
      expect(read(wire.encode(replyTo, signalAck, { target: clientId("bob") }))).toEqual({
        type: "SIGNAL_ACK",
        uuid: uuid(9),
        payload: { status: "delivered", target_client_id: "bob" },
      });
      const error = { fault: "signal.absent", target: clientId("bob") } as const;
      expect(read(wire.encode(replyTo, errorAnswer, error))).toEqual({
        type: "ERROR",
        uuid: uuid(9),
        payload: {
          error_code: 404,
          error_message: "Target client not found",
          target_client_id: "bob",
        },
      });
    });

    it("[ER2] writes what answers nothing with the nil uuid", () => {
      const error = read(wire.encode(UNSOLICITED, errorAnswer, { fault: "session.kicked" }));
      expect(error).toMatchObject({ type: "ERROR", uuid: NIL });
    });

    it.each(SIGNALS)(
      "[SI2] [SI5] delivers %s with its source, and with all that was sent",
      (type) => {
        expect(stampedAs(ask(type, SIGNAL, uuid(3)), "zoë")).toEqual({
          type,
          uuid: uuid(3),
          payload: { source_client_id: "zoë", ...SIGNAL },
        });
      },
    );

    it("[SI2] names the authenticated source, whatever the source wrote", () => {
      const forged = { ...SIGNAL, source_client_id: "mallory", SOURCE_CLIENT_ID: "eve" };
      expect(stampedAs(ask("SIGNAL_OFFER", forged), "alice").payload).toEqual({
        source_client_id: "alice",
        ...SIGNAL,
      });
    });

    it("[SI5] stamps each signal anew, though the bytes lie in one buffer", () => {
      const long = ask("SIGNAL_OFFER", { ...SIGNAL, signal_data: "x".repeat(2000) }, uuid(1));
      const short = ask("SIGNAL_ANSWER", { ...SIGNAL, signal_data: "y" }, uuid(2));
      expect(stampedAs(long, "zoë")).toMatchObject({ uuid: uuid(1) });
      expect(stampedAs(short, "alice")).toEqual({
        type: "SIGNAL_ANSWER",
        uuid: uuid(2),
        payload: { source_client_id: "alice", ...SIGNAL, signal_data: "y" },
      });
    });

    it("[SI8] refuses a signal that exceeds 65,535 bytes with its stamp", () => {
      const source = clientId("alice");
      const stampOf = (signal_data: string) => {
        const request = ask("SIGNAL_OFFER", { target_client_id: "bob", signal_data });
        return wire.stamp(request, decoded(request, signalRequest), source);
      };
      const empty = stampOf("");
      const room = 65_535 + 21 - (empty.ok ? empty.value.length : 0);
      expect(stampOf("x".repeat(room))).toMatchObject({ ok: true });
      expect(stampOf("x".repeat(room + 1))).toEqual(failed("signal.too-large"));
    });

    it("[SI11] delivers a frame that another hub has stamped", () => {
      const inbound = framesWire.read(frame("SIGNAL_OFFER", SIGNAL, uuid(5)), 0);
      if (inbound.kind !== "request") throw new Error("the frame cannot be read");
      const signal = framesWire.decode(inbound.request, signalRequest);
      if (!signal.ok) throw new Error(signal.failure);
      const stamped = framesWire.stamp(inbound.request, signal.value, clientId("zoë"));
      expect(stamped.ok && read(wire.encodeDelivery(stamped.value.slice()))).toEqual({
        type: "SIGNAL_OFFER",
        uuid: uuid(5),
        payload: { source_client_id: "zoë", ...SIGNAL },
      });
    });

    it("[CO8] keeps a copied request whole, though its WebSocket message is overwritten", () => {
      const message = write({ type: "SIGNAL_OFFER", uuid: uuid(4), payload: SIGNAL });
      const inbound = wire.read(message, 0);
      const waiting = wire.copyOut(inbound);
      if (typeof message !== "string") message.fill(0);
      if (waiting.kind !== "request" || inbound.kind !== "request") throw new Error("no request");
      expect(waiting.bytes).toBe(inbound.bytes);
      expect(stampedAs(waiting.request, "zoë")).toEqual({
        type: "SIGNAL_OFFER",
        uuid: uuid(4),
        payload: { source_client_id: "zoë", ...SIGNAL },
      });
    });

    it("[CO8] keeps what cannot be read, and a copied answer's address, the same way", () => {
      fc.assert(
        fc.property(broken, (message) => {
          const inbound = wire.read(message, 0);
          const replyTo = inbound.kind === "request" ? inbound.request : inbound.replyTo;
          const before = JSON.stringify([[...replyTo.uuid], replyTo.payloadType]);
          const waiting = wire.copyOut(inbound);
          const kept = copyReplyTo(replyTo);
          if (typeof message !== "string") message.fill(0x77);
          const after = waiting.kind === "request" ? waiting.request : waiting.replyTo;
          for (const { uuid: id, payloadType } of [after, kept]) {
            expect(JSON.stringify([[...id], payloadType])).toBe(before);
          }
        }),
      );
    });
  });
}
