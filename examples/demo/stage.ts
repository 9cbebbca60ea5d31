/** The two pictures of a call and the buttons under them. */
import { element, onClick } from "./dom.ts";
import { watchNumbers } from "./numbers.ts";
import { setPill } from "./notice.ts";
import { CONNECTION_WORDS } from "./words.ts";

export class Stage {
  readonly #remote = element("remote", HTMLVideoElement);
  readonly #self = element("self", HTMLVideoElement);
  readonly #sound = element("sound", HTMLButtonElement);
  readonly #root = element("stage", HTMLDivElement);
  readonly #name = element("remote-name", HTMLSpanElement);
  readonly #numbers = element("numbers", HTMLParagraphElement);
  #media = new MediaStream();
  #stopNumbers = () => {};

  constructor(onHangUp: () => void) {
    onClick("hang-up", onHangUp);
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

  /** Before there is a call: the devices are being asked for. */
  wait(target: string, text: string): void {
    this.#name.textContent = target;
    element("portrait", HTMLDivElement).textContent = target.slice(0, 1).toUpperCase();
    setPill("rtc", text, "busy");
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
    // A picture that comes later starts by itself; a refusal is about sound.
    this.#remote.play().catch((error: unknown) => this.#silence(error));
  }

  state(state: RTCPeerConnectionState, connection: () => RTCPeerConnection): void {
    const { text, tone } = CONNECTION_WORDS[state];
    setPill("rtc", text, tone);
    this.#stopNumbers();
    this.#numbers.textContent = "";
    if (state === "connected") this.#stopNumbers = watchNumbers(connection, this.#numbers);
  }

  clear(): void {
    this.#stopNumbers();
    this.#numbers.textContent = "";
    this.own(new MediaStream());
    this.#remote.srcObject = null;
    this.#sound.hidden = true;
  }

  /** Without a click on the page, after a reload, a browser plays no sound: the picture goes first. */
  #silence(error: unknown): void {
    if (!(error instanceof Error) || error.name !== "NotAllowedError") return;
    this.#remote.muted = true;
    this.#sound.hidden = false;
    void this.#remote.play();
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
