/** A WebSocket client that writes bytes which no library would write, and reads the close frame that answers them. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Closed } from "./node-client.ts";

/** A frame header with a mask of zeros, so that the payload stays as it is. `length` need not be the real length. */
export function frameHeader(firstByte: number, length: number): Buffer {
  const header = Buffer.alloc(14);
  header.writeUInt8(firstByte, 0);
  header.writeUInt8(0x80 | 127, 1);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** Upgrades, sends the bytes, and returns how the service closes the connection. */
export async function closeOf(url: string, bytes: Uint8Array): Promise<Closed> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    socket.write(UPGRADE);
    const [answer] = await once(socket, "data");
    if (!String(answer).startsWith("HTTP/1.1 101 ")) throw new Error(String(answer));
    socket.write(bytes);
    let received = Buffer.alloc(0);
    for (;;) {
      const [chunk] = await once(socket, "data");
      received = Buffer.concat([received, chunk]);
      const close = readClose(received);
      if (close !== null) return close;
    }
  } finally {
    socket.destroy();
  }
}

const UPGRADE = [
  "GET / HTTP/1.1",
  "Host: hub",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", // The example of RFC 6455.
  "",
  "",
].join("\r\n");

/** Returns null if the bytes are no complete close frame. Such a frame has under 126 bytes (RFC 6455, section 5.5). */
function readClose(bytes: Buffer): Closed | null {
  const [firstByte, length = 0] = bytes;
  if (firstByte !== 0x88 || bytes.length < 2 + length) return null;
  return { code: bytes.readUInt16BE(2), reason: bytes.toString("utf8", 4, 2 + length) };
}
