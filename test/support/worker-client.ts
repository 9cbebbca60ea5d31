/** A client of the Worker inside workerd: a socket that remembers what came, and waits for what has not. */
import { exports } from "cloudflare:workers";
import { frame, seen, uuid, type Seen } from "./frames.ts";

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export class WorkerClient {
  readonly #ws: WebSocket;
  readonly #inbox: (Seen | string)[] = [];
  readonly #waiting: (() => void)[] = [];
  /** Resolves when the socket closes. */
  readonly closed: Promise<Closed>;
  readonly protocol: string | null;

  private constructor(ws: WebSocket, protocol: string | null) {
    this.#ws = ws;
    this.protocol = protocol;
    ws.binaryType = "arraybuffer";
    ws.addEventListener("message", ({ data }) => {
      // `binaryType` is arraybuffer: a message is that or a string.
      this.#inbox.push(typeof data === "string" ? data : seen(new Uint8Array(data as ArrayBuffer)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      ws.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
    });
    ws.accept();
  }

  /** @throws if the upgrade is refused. */
  static async open(path = "/", headers: HeadersInit = {}): Promise<WorkerClient> {
    const response = await upgrade(path, headers);
    if (response.webSocket === null)
      throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    return new WorkerClient(response.webSocket, response.headers.get("sec-websocket-protocol"));
  }

  /** Opens and connects with one of the document's credentials. */
  static async connect(n: 1 | 2): Promise<WorkerClient> {
    const client = await WorkerClient.open();
    client.send(
      frame("CONNECT", { client_id: `test_client_${n}`, auth_token: `test_token_${n}` }, uuid(0)),
    );
    const ack = await client.next();
    if (typeof ack === "string" || ack.type !== "CONNECT_ACK")
      throw new Error(`not connected: ${JSON.stringify(ack)}`);
    return client;
  }

  send(data: string | Uint8Array): void {
    this.#ws.send(data);
  }

  /** The next message, in order. */
  async next(): Promise<Seen | string> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** What has come and was not asked for yet. */
  get unread(): readonly (Seen | string)[] {
    return this.#inbox;
  }

  close(code?: number, reason?: string): void {
    this.#ws.close(code, reason);
  }
}

/** The Worker's answer to an upgrade request. */
export async function upgrade(path = "/", headers: HeadersInit = {}): Promise<Response> {
  return exports.default.fetch(
    new Request(`http://localhost${path}`, { headers: { upgrade: "websocket", ...headers } }),
  );
}
