/** The camera and the microphone, or a text that says why there are none. */

export const CALL_KINDS = ["video", "sound", "chat"] as const;

export type CallKind = (typeof CALL_KINDS)[number];

export function parseCallKind(value: unknown): CallKind | null {
  return CALL_KINDS.find((kind) => kind === value) ?? null;
}

const CONSTRAINTS = {
  video: { audio: true, video: { width: { ideal: 1280 }, height: { ideal: 720 } } },
  sound: { audio: true },
} as const;

export type Capture =
  | { readonly ok: true; readonly stream: MediaStream }
  /** `problem` is a text for the user. */
  | { readonly ok: false; readonly problem: string };

/** Asks for the devices of a call of this kind. Never rejects. */
export async function capture(kind: CallKind): Promise<Capture> {
  if (kind === "chat") return { ok: true, stream: new MediaStream() };
  // Against its type, mediaDevices is undefined on plain http, except on localhost.
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
  if (mediaDevices === undefined) {
    const problem = "The browser gives camera and microphone to https:// and localhost only.";
    return { ok: false, problem };
  }
  try {
    return { ok: true, stream: await mediaDevices.getUserMedia(CONSTRAINTS[kind]) };
  } catch (error) {
    return { ok: false, problem: explain(error, kind) };
  }
}

export function stopTracks(media: MediaStream): void {
  for (const track of media.getTracks()) track.stop();
}

function explain(error: unknown, kind: Exclude<CallKind, "chat">): string {
  const devices = kind === "video" ? "The camera or the microphone" : "The microphone";
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return `${devices} was refused. You can allow it in the address bar, or call without.`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `${devices} was not found on this device.`;
    case "NotReadableError":
    case "AbortError":
      return `${devices} is in use by another program.`;
    default:
      return `${devices} cannot be used: ${String(error)}`;
  }
}
