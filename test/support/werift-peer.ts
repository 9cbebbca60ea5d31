/**
 * A program for tests: one end of a call without a browser, with the SDK's peer() on werift's RTCPeerConnection.
 * `node werift-peer.ts URL 1|2 calls|answers|meets`: test client 1 or 2 calls the other or answers it. The caller opens the
 * data channel. Two peers that meet both open it, with an id that they know. The program prints each message, and hangs up
 * when its own message was answered.
 */
import { RTCPeerConnection, type RTCDataChannel } from "werift";
import { callOf, peer, SignalClient } from "../../src/client/index.ts";

const [url = "", known, role] = process.argv.slice(2);
const [own, target] = known === "1" ? [1, 2] : [2, 1];

const client = new SignalClient({
  url,
  clientId: `test_client_${own}`,
  token: `test_token_${own}`,
});
client.on("error", (error) => console.log(`error ${error.code}`));
await client.connect();
console.log("connected to the hub");
if (role === "answers") await incomingCall();

const call = peer(client, `test_client_${target}`, {
  RTCPeerConnection,
  setup: (connection) => {
    if (role === "calls") chatOver(connection.createDataChannel("chat"));
    if (role === "meets") {
      chatOver(connection.createDataChannel("chat", { negotiated: true, id: 0 }));
    }
  },
});
call.on("error", (error) => console.log(`error ${error.message}`));
call.on("connectionstate", (state) => console.log(`connection ${state}`));
call.on("datachannel", ({ channel }) => chatOver(channel));
call.on("closed", async ({ by }) => {
  console.log(`closed by ${by}`);
  await client.close();
  process.exit();
});

/** Resolves when somebody calls. `peer()` then answers. */
async function incomingCall(): Promise<void> {
  for await (const signal of client.signals()) if (callOf(signal) === "call") return;
}

function chatOver(channel: RTCDataChannel): void {
  channel.addEventListener("message", ({ data }: { readonly data: unknown }) => {
    console.log(`heard ${String(data)}`);
    if (String(data).startsWith("yes, ")) call.close();
    else channel.send(`yes, ${String(data)}`);
  });
  const sendFirst = () => {
    if (role !== "answers") channel.send(`this is ${client.clientId}`);
  };
  if (channel.readyState === "open") sendFirst();
  else channel.addEventListener("open", sendFirst);
}
