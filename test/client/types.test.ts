/** The SDK's types where there is no DOM: Node's and Workers' own. What a page sees is in `types/page.ts`. */
import { expectTypeOf, it } from "vitest";
import type { WebSocket as WsWebSocket } from "ws";
import {
  peer,
  type PlatformConnection,
  type RtcConnection,
  type Signal,
  type SignalClient,
  type SignalErrorCode,
  type SignalType,
  type WebSocketConstructor,
} from "../../src/client/index.ts";
import type { SIGNAL_ERRORS } from "../../src/client/errors.ts";
import type { FakeRtc } from "./support/fake-rtc.ts";

it("takes the WebSocket of ws, and the platform's", () => {
  expectTypeOf<typeof WsWebSocket>().toExtend<WebSocketConstructor>();
  expectTypeOf<typeof WebSocket>().toExtend<WebSocketConstructor>();
});

it("has no RTCPeerConnection of the platform to name", () => {
  expectTypeOf<PlatformConnection>().toEqualTypeOf<RtcConnection>();
});

it("gives the connection that its option makes", () => {
  expectTypeOf(peer<FakeRtc>)
    .returns.toHaveProperty("connection")
    .toEqualTypeOf<FakeRtc>();
});

it("has codes of one table, and types of three", () => {
  expectTypeOf<SignalErrorCode>().toEqualTypeOf<keyof typeof SIGNAL_ERRORS>();
  expectTypeOf<SignalType>().toEqualTypeOf<"offer" | "answer" | "ice-candidate">();
  expectTypeOf<SignalClient["signals"]>().returns.toExtend<AsyncIterable<Signal>>();
  expectTypeOf<SignalClient>().toExtend<AsyncDisposable>();
});
