/** A client on a real socket, Node's own WebSocket. It keeps the messages that arrived and waits for more. */
import { issueJwt } from "../../src/auth/jwt.ts";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { clientId } from "./client-ids.ts";
import { frame, seen, uuid, type Seen } from "./frames.ts";
import { Inbox } from "./inbox.ts";

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** The published test clients. */
export type Known = 1 | 2;

export function idOf(known: Known): string {
  return `test_client_${known}`;
}

/** A signed token that a service with the settings of `npm start` accepts. */
export function tokenOf(id: string): Promise<string> {
  return issueJwt(PUBLIC_TOKEN_SECRET, { clientId: clientId(id) }, 3600, Date.now());
}

export class NodeClient {
  readonly #ws: WebSocket;
  readonly #inbox = new Inbox<Seen | string>();
  /** Resolves when the socket has closed. */
  readonly closed: Promise<Closed>;

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.binaryType = "arraybuffer";
    ws.addEventListener("message", ({ data }) => {
      // `binaryType` is arraybuffer: a message is that or a string.
      this.#inbox.put(typeof data === "string" ? data : seen(new Uint8Array(data as ArrayBuffer)));
    });
    this.closed = new Promise((resolve) => {
      ws.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
    });
  }

  /** @throws if the upgrade fails. A WebSocket does not reveal the status of the answer. */
  static async open(url: string, protocols: string[] = []): Promise<NodeClient> {
    const ws = new WebSocket(url, protocols);
    const client = new NodeClient(ws);
    const opened = new Promise<"opened">((resolve) => {
      ws.addEventListener("open", () => resolve("opened"));
    });
    const first = await Promise.race([opened, client.closed]);
    if (first !== "opened") throw new Error(`no socket at ${url}: close code ${first.code}`);
    return client;
  }

  /** Opens a socket and connects with the published credentials of a test client. */
  static async connect(url: string, known: Known): Promise<NodeClient> {
    const client = await NodeClient.open(url);
    const credentials = { client_id: idOf(known), auth_token: `test_token_${known}` };
    await client.expectAck(frame("CONNECT", credentials, uuid(0)));
    return client;
  }

  /** Opens a socket with a signed token in the upgrade, and connects. */
  static async connectAs(url: string, id: string): Promise<NodeClient> {
    const client = await NodeClient.open(url, ["signal-manager", `bearer.${await tokenOf(id)}`]);
    await client.expectAck(frame("CONNECT", { client_id: id }, uuid(0)));
    return client;
  }

  /** @throws if the CONNECT is not answered by CONNECT_ACK. */
  async expectAck(connect: Uint8Array<ArrayBuffer>): Promise<Seen> {
    this.send(connect);
    const ack = await this.next();
    if (typeof ack === "string" || ack.type !== "CONNECT_ACK") {
      throw new Error(`not connected: ${JSON.stringify(ack)}`);
    }
    return ack;
  }

  /** The subprotocol that the hub selected, or "". */
  get protocol(): string {
    return this.#ws.protocol ?? "";
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.#ws.send(message);
  }

  /** The next message, in order. @throws if the socket closes before one comes. */
  async next(): Promise<Seen | string> {
    const ended = this.closed.then(({ code, reason }) => {
      throw new Error(`closed with ${code} "${reason}" before another message came`);
    });
    return Promise.race([this.#inbox.next(), ended]);
  }

  close(code?: number): void {
    this.#ws.close(code);
  }
}
