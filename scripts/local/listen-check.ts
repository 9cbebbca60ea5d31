/** Checks before wrangler starts that the service can listen on its address: wrangler's own message would be a page long. */
import { once } from "node:events";
import { createServer } from "node:net";

/** null: it can. Otherwise a sentence that says what to do. */
export async function findListenFault(host: string, port: number): Promise<string | null> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, "listening");
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return listenFault(host, port, code);
  } finally {
    probe.close();
  }
}

export function listenFault(host: string, port: number, code: string): string {
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} of ${host} is taken: stop the program that listens there, or set another port, for example SIGNAL_MANAGER_SERVER_PORT=${port + 1} (0 takes a free one)`;
    case "EACCES":
      return `This user may not listen on port ${port}: set SIGNAL_MANAGER_SERVER_PORT to 1024 or above`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine: set SIGNAL_MANAGER_SERVER_HOST to one, for example 127.0.0.1 or 0.0.0.0`;
    default:
      return `Nothing can listen on port ${port} of ${host} (${code})`;
  }
}
