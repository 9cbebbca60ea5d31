/** The camera and the microphone: asking for them, and saying in words why there are none. */
import { failed, success, type Result } from "../../src/protocol/result.ts";

export const CALL_KINDS = ["video", "sound", "chat"] as const;

export type CallKind = (typeof CALL_KINDS)[number];

export function parseCallKind(value: unknown): CallKind | null {
  return CALL_KINDS.find((kind) => kind === value) ?? null;
}

const CONSTRAINTS = {
  video: { audio: true, video: { width: { ideal: 1280 }, height: { ideal: 720 } } },
  sound: { audio: true },
} as const;

/** The tracks of a call of this kind; a failure is words for the user. Never rejects. */
export async function capture(kind: CallKind): Promise<Result<MediaStream, string>> {
  if (kind === "chat") return success(new MediaStream());
  // Pages on plain http that are not this machine's have no mediaDevices, whatever the types say.
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
  if (mediaDevices === undefined) {
    return failed("The browser gives camera and microphone to https:// and localhost only.");
  }
  try {
    return success(await mediaDevices.getUserMedia(CONSTRAINTS[kind]));
  } catch (error) {
    return failed(explain(error, kind));
  }
}

export function release(media: MediaStream): void {
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
