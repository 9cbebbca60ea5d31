/**
 * A TCP proxy before a server. When a test shuts it, its connections break and it refuses new ones. While it swallows, nothing
 * breaks and nothing passes, as on a path that has silently gone.
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class TcpGate {
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;
  #isSwallowing = false;

  private constructor(target: number) {
    this.#target = target;
  }

  /** Opens a gate to `target`, a port of 127.0.0.1. */
  static async open(target: number): Promise<TcpGate> {
    const gate = new TcpGate(target);
    await gate.reopen();
    return gate;
  }

  get port(): number {
    return this.#port;
  }

  /** From here until `shut` every byte is lost, also those of new connections. */
  swallow(): void {
    this.#isSwallowing = true;
    for (const socket of this.#sockets) socket.unpipe().resume();
  }

  async shut(): Promise<void> {
    this.#isSwallowing = false;
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  /** Opens the gate again, on the same port. */
  async reopen(): Promise<void> {
    const server = createServer((socket) => {
      if (this.#isSwallowing) this.#hold(socket.resume());
      else this.#join(socket, connect(this.#target, "127.0.0.1"));
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    // A listening TCP server has an address with a port.
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }
  #join(socket: Socket, inner: Socket): void {
    for (const [one, other] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      this.#hold(one);
      one.pipe(other);
      // When one side breaks, the other breaks, too, whatever the reason.
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
