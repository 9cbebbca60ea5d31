/** Types for the parts that the adapters use of packages which are not installed with the project. */
declare module "peer" {
  import type { Server } from "node:http";

  export function PeerServer(options: object, listening: (server: Server) => void): void;
}

declare module "socket.io" {
  import type { Server as HttpServer } from "node:http";

  interface ServerSocket {
    readonly handshake: { readonly auth: Readonly<Record<string, unknown>> };
    join(room: string): Promise<void> | void;
    on(event: string, listener: (signal: { readonly to: string }) => void): void;
  }

  export class Server {
    constructor(http: HttpServer, options: object);
    on(event: "connection", listener: (socket: ServerSocket) => void): void;
    to(room: string): { emit(event: string, signal: object): void };
  }
}
