/** `npm start` over TLS, with the certificate that wrangler makes where none is configured. */
import { once } from "node:events";
import tls from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { frame, uuid } from "../support/frames.ts";
import { idOf, NodeClient } from "../support/node-client.ts";
import { NodeService } from "../support/node-service.ts";

let service: NodeService;
const trusted = tls.getCACertificates("default");

beforeAll(async () => {
  service = await NodeService.start({ SIGNAL_MANAGER_SERVER_TLS_ENABLED: "true" });
  tls.setDefaultCACertificates([...trusted, await certificateOf(service.url)]);
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  await service?.stop();
});

/** The certificate that the service shows, as PEM: to trust this one, instead of not looking at any. */
async function certificateOf(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = tls.connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const base64 = socket.getPeerCertificate().raw.toString("base64");
  socket.destroy();
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

it("is announced as wss, and routes a signal", async () => {
  expect(service.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/$/);
  const [one, two] = await Promise.all([
    NodeClient.connect(service.url, 1),
    NodeClient.connect(service.url, 2),
  ]);
  one.send(frame("SIGNAL_OFFER", { target_client_id: idOf(2), signal_data: "sdp" }, uuid(3)));
  expect(await two.next()).toMatchObject({ type: "SIGNAL_OFFER", uuid: uuid(3) });
});

it("serves https", async () => {
  expect((await service.fetch("/health")).status).toBe(200);
});
