/** An RTCPeerConnection that writes down what was done with it and what it became, so that a stuck call can be understood. */

/** The last lines, over all connections of the page. */
export const history: string[] = [];

const MAX_LINES = 60;

export class RecordedConnection extends RTCPeerConnection {
  constructor(config?: RTCConfiguration) {
    super(config);
    record("made");
    for (const [type, state] of [
      ["connectionstatechange", () => this.connectionState],
      ["iceconnectionstatechange", () => `ice ${this.iceConnectionState}`],
    ] as const) {
      this.addEventListener(type, () => record(state()));
    }
  }

  override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
    await settled(`local ${summary(description)}`, super.setLocalDescription(description));
  }

  override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await settled(`remote ${summary(description)}`, super.setRemoteDescription(description));
  }

  override restartIce(): void {
    record("restartIce");
    super.restartIce();
  }

  override close(): void {
    record("close");
    super.close();
  }
}

async function settled(line: string, operation: Promise<void>): Promise<void> {
  try {
    await operation;
    record(line);
  } catch (error) {
    record(`${line} FAILS: ${String(error)}`);
    throw error;
  }
}

function record(line: string): void {
  history.push(`${(performance.now() / 1000).toFixed(2)} ${line}`);
  if (history.length > MAX_LINES) history.shift();
}

/** The type, and what decides about the transport: the ICE user name, the DTLS role, how many sections there are. */
function summary(description: RTCLocalSessionDescriptionInit | undefined): string {
  const { type = "", sdp = "" } = description ?? {};
  if (sdp === "") return type;
  const first = (name: string) => new RegExp(`^a=${name}:(.*)$`, "m").exec(sdp)?.[1] ?? "-";
  const sections = sdp.match(/^m=/gm)?.length ?? 0;
  return `${type} ${first("ice-ufrag")} ${first("setup")} ${sections} sections`;
}
