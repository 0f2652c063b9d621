// What is being typed, sent to the server now and then: it survives the browser, and goes along when a task is handed over.

const PAUSE = 2000;

/** Keeps a form's unsent answers at `address`; what cannot be kept there is still in the browser's own draft. */
export class Keeper {
  readonly #address: string | null;
  #timer = 0;

  constructor(address: string | null) {
    this.#address = address;
  }

  /** Send the answers once nothing was typed for a while. */
  keep(variables: object): void {
    if (!this.#address) return;
    this.stop();
    this.#timer = window.setTimeout(() => void this.#send(variables), PAUSE);
  }

  /** Send nothing that is still waiting. */
  stop(): void {
    window.clearTimeout(this.#timer);
  }

  async #send(variables: object): Promise<void> {
    const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
    const headers = { Accept: "application/problem+json", "Content-Type": "application/json", "X-CSRF-Token": token };
    try {
      await fetch(this.#address ?? "", { method: "POST", body: JSON.stringify({ variables }), headers });
    } catch {
      // the connection is lost: the browser's draft has it, and the next pause tries again
    }
  }
}
