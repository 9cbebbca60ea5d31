/** The process of a server on Node: it listens, sends its port to the bench, and serves until it is ended. */
import { ADAPTERS, type AdapterName } from "./adapters.ts";

// server.ts, which starts this, passes a name of the table.
const { server } = ADAPTERS[process.argv[2] as AdapterName];
if (server.kind !== "node") throw new Error(`not a server on Node: ${process.argv[2]}`);
process.send?.(await server.listen());
process.once("disconnect", () => process.exit());
