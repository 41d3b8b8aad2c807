const SHOWN_MS = 8000;

/** What was done, said once: shown at the edge of the screen and read aloud. */
class Notices {
  text = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.dismiss(), SHOWN_MS);
  }

  dismiss(): void {
    this.text = "";
  }
}

export const notices = new Notices();
