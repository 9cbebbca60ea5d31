/** The two pictures of a call, and the buttons below them. */
import { element, onClick } from "./dom.ts";
import type { CallView } from "./call-state.ts";
import { watchCallStats } from "./call-stats.ts";
import { setPill } from "./notice.ts";

export class Stage {
  /** Called when nothing arrives any more, and when something does again. */
  onQuiet: (isQuiet: boolean) => void = () => {};
  readonly #remote = element("remote", HTMLVideoElement);
  readonly #self = element("self", HTMLVideoElement);
  readonly #sound = element("sound", HTMLButtonElement);
  readonly #root = element("stage", HTMLDivElement);
  readonly #name = element("remote-name", HTMLSpanElement);
  readonly #stats = element("numbers", HTMLParagraphElement);
  #media = new MediaStream();
  #watched: RTCPeerConnection | null = null;
  #stopStats = () => {};

  constructor() {
    onClick("microphone", () => this.#toggle("audio"));
    onClick("camera", () => this.#toggle("video"));
    this.#sound.addEventListener("click", () => {
      this.#remote.muted = false;
      this.#sound.hidden = true;
    });
    const show = () => {
      this.#root.toggleAttribute("data-picture", this.#remote.videoWidth > 0);
    };
    this.#remote.addEventListener("resize", show);
    this.#remote.addEventListener("emptied", show);
  }

  /** Shows the stage before the call, while the browser asks for the devices. */
  wait(target: string): void {
    this.#name.textContent = target;
    element("portrait", HTMLDivElement).textContent = target.slice(0, 1).toUpperCase();
    this.own(new MediaStream());
    this.#remote.srcObject = null;
  }

  own(media: MediaStream): void {
    this.#media = media;
    const hasPicture = media.getVideoTracks().length > 0;
    this.#self.hidden = !hasPicture;
    this.#self.srcObject = hasPicture ? media : null;
    this.#showToggles();
  }

  remote(stream: MediaStream): void {
    if (this.#remote.srcObject !== stream) this.#remote.srcObject = stream;
    // A later picture starts by itself. If the browser refuses to play, the reason is the sound.
    this.#remote.play().catch((error: unknown) => this.#playMuted(error));
  }

  /** `connection`: whose statistics to show, or null. */
  show({ text, tone, isStale }: CallView, connection: RTCPeerConnection | null): void {
    setPill("rtc", text, tone);
    this.#root.toggleAttribute("data-stale", isStale);
    this.#watch(connection);
  }

  clear(): void {
    this.#watch(null);
    this.own(new MediaStream());
    this.#remote.srcObject = null;
    this.#sound.hidden = true;
  }

  /** After a reload, a browser plays no sound before a click on the page. The picture plays without it. */
  #playMuted(error: unknown): void {
    if (!(error instanceof Error) || error.name !== "NotAllowedError") return;
    this.#remote.muted = true;
    this.#sound.hidden = false;
    void this.#remote.play();
  }

  #watch(connection: RTCPeerConnection | null): void {
    if (connection === this.#watched) return;
    this.#watched = connection;
    this.#stopStats();
    this.#stats.textContent = "";
    this.#stopStats =
      connection === null
        ? () => {}
        : watchCallStats(connection, this.#stats, (isQuiet) => this.onQuiet(isQuiet));
  }

  #toggle(kind: "audio" | "video"): void {
    for (const track of this.#tracks(kind)) track.enabled = !track.enabled;
    this.#showToggles();
  }

  #showToggles(): void {
    for (const [id, kind] of [
      ["microphone", "audio"],
      ["camera", "video"],
    ] as const) {
      const tracks = this.#tracks(kind);
      const button = element(id, HTMLButtonElement);
      button.hidden = tracks.length === 0;
      button.ariaPressed = String(tracks.some(({ enabled }) => enabled));
    }
    this.#self.toggleAttribute("data-off", !this.#tracks("video").some(({ enabled }) => enabled));
  }

  #tracks(kind: "audio" | "video"): MediaStreamTrack[] {
    return kind === "audio" ? this.#media.getAudioTracks() : this.#media.getVideoTracks();
  }
}
