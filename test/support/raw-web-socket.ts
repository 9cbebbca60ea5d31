/** A WebSocket client without manners: it upgrades, writes bytes that no library would, and waits for the close frame. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Closed } from "./node-client.ts";

/** Masked with zeros, so that what is sent is what is written. The length is said, and need not be true. */
export function frameHeader(firstByte: number, length: number): Buffer {
  const header = Buffer.alloc(14);
  header.writeUInt8(firstByte, 0);
  header.writeUInt8(0x80 | 127, 1);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** How the service closes a connection on which these bytes come. */
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
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", // RFC 6455's own example.
  "",
  "",
].join("\r\n");

/** The close frame, if the bytes are one and whole: RFC 6455 section 5.5 holds it under 126 bytes. */
function readClose(bytes: Buffer): Closed | null {
  const [firstByte, length = 0] = bytes;
  if (firstByte !== 0x88 || bytes.length < 2 + length) return null;
  return { code: bytes.readUInt16BE(2), reason: bytes.toString("utf8", 4, 2 + length) };
}
