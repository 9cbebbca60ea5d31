/** Whether the service can listen where it is told to: asked before wrangler is, whose own answer is a page long. */
import { once } from "node:events";
import { createServer } from "node:net";

/** null: it can. Else a sentence that says what to do. */
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
      return `Port ${port} of ${host} is taken: stop what listens there, or set another, for example SIGNAL_MANAGER_SERVER_PORT=${port + 1} (0: a free one)`;
    case "EACCES":
      return `This user may not listen on port ${port}: set SIGNAL_MANAGER_SERVER_PORT to 1024 or above`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine: set SIGNAL_MANAGER_SERVER_HOST to one that is, for example 127.0.0.1 or 0.0.0.0`;
    default:
      return `Nothing can listen on port ${port} of ${host} (${code})`;
  }
}
