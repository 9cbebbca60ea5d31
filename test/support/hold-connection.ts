/** A process that connects as a test client and stays, until it is killed: `node hold-connection.ts URL 1`. */
import { NodeClient } from "./node-client.ts";

const [, , url, known] = process.argv;
if (url === undefined) throw new Error("give the service's URL");
await NodeClient.connect(url, known === "1" ? 1 : 2);
console.log("connected");
