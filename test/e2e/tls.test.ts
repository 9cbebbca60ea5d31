/** `npm start` over TLS: with the certificate that wrangler makes where none is configured, and with one that is. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { frame, uuid } from "../support/frames.ts";
import { idOf, NodeClient } from "../support/node-client.ts";
import { NodeService, type ShellSettings } from "../support/node-service.ts";

/** Relative to the root of the project, as a person writes them. */
const CERT_PATH = "test/e2e/tls/certificate.pem";
const KEY_PATH = "test/e2e/tls/key.pem";

const OWN = readFileSync(join(import.meta.dirname, "../..", CERT_PATH), "utf8");

interface Case {
  readonly what: string;
  readonly settings: ShellSettings;
  /** The certificate to trust; null: the one that the service shows. */
  readonly certificate: string | null;
}

describe.each<Case>([
  { what: "no certificate", settings: {}, certificate: null },
  {
    what: "a certificate and its key",
    settings: {
      SIGNAL_MANAGER_SERVER_TLS_CERT_PATH: CERT_PATH,
      SIGNAL_MANAGER_SERVER_TLS_KEY_PATH: KEY_PATH,
    },
    certificate: OWN,
  },
])("given $what", ({ settings, certificate }) => {
  let service: NodeService;
  const trusted = tls.getCACertificates("default");

  beforeAll(async () => {
    service = await NodeService.start({ SIGNAL_MANAGER_SERVER_TLS_ENABLED: "true", ...settings });
    const trustedHere = certificate ?? (await certificateOf(service.url)).toString();
    tls.setDefaultCACertificates([...trusted, trustedHere]);
  });
  afterAll(async () => {
    tls.setDefaultCACertificates(trusted);
    await service?.stop();
  });

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

  it("shows the certificate that was given, and no other", async () => {
    const shown = (await certificateOf(service.url)).fingerprint256;
    expect(shown === new X509Certificate(OWN).fingerprint256).toBe(certificate !== null);
  });
});

/** What the service shows, trusted or not: to trust this one, instead of not looking at any. */
async function certificateOf(url: string): Promise<X509Certificate> {
  const { hostname, port } = new URL(url);
  const socket = tls.connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return new X509Certificate(raw);
}
