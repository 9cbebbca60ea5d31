/** The signals that the benchmarks send: the beginning of a real SDP offer, cut so that every frame has exactly the same size. */
import { HEADER_BYTES } from "../src/protocol/limits.ts";
import { encodeUtf8 } from "../src/protocol/encodings/utf8.ts";

/** The size of a typical ICE candidate or a short offer, with the header of 21 bytes. */
export const FRAME_BYTES = 600;

const PAYLOAD_BYTES = FRAME_BYTES - HEADER_BYTES;

/** SDP as browsers write it: ASCII with line ends, which JSON must escape. */
const SDP = [
  "v=0",
  "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0",
  "a=extmap-allow-mixed",
  "a=msid-semantic: WMS",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP4 0.0.0.0",
  "a=ice-ufrag:EsAw",
  "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
  "a=ice-options:trickle",
  "a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F",
  "a=setup:actpass",
  "a=mid:0",
  "a=sctp-port:5000",
  "a=max-message-size:262144",
  "a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0",
  "a=candidate:1853887674 1 udp 1518280447 47.61.61.61 36768 typ srflx raddr 192.168.0.196 rport 36768",
].join("\r\n");

export const SIGNAL_PAYLOADS = {
  JSON: (target: string): Uint8Array =>
    cut((sdp) => encodeUtf8(JSON.stringify({ target_client_id: target, signal_data: sdp }))),
  TEXT: (target: string): Uint8Array => cut((sdp) => encodeUtf8(`${target}:${sdp}`)),
  BINARY: (target: string): Uint8Array =>
    cut((sdp) => {
      const head = encodeUtf8(target);
      return Uint8Array.of(head.length, ...head, ...encodeUtf8(sdp));
    }),
} as const;

function cut(encode: (sdp: string) => Uint8Array): Uint8Array {
  return fit(PAYLOAD_BYTES, encode);
}

/** What `encode` makes of as much SDP as fits into `bytes`. Letters fill the bytes that an escaped line end leaves over. */
export function fit(bytes: number, encode: (sdp: string) => Uint8Array): Uint8Array {
  let length = SDP.length;
  while (encode(SDP.slice(0, length)).length > bytes) length -= 1;
  const sdp = SDP.slice(0, length);
  const encoded = encode(sdp + "x".repeat(bytes - encode(sdp).length));
  if (encoded.length !== bytes) throw new Error(`expected ${bytes} bytes, got ${encoded.length}`);
  return encoded;
}
