// A custom element whose code is loaded only when one of it is on the page.
import { t } from "./texts";

/** What an island's module offers: fill the element, and answer how to empty it again. */
export interface Island {
  mount(element: HTMLElement): Promise<() => void>;
}

/** Define the custom element `name`, filled by the module that `load` fetches. */
export function island(name: string, load: () => Promise<Island>): void {
  customElements.define(
    name,
    class extends HTMLElement {
      #unmount: Promise<() => void> | undefined;

      connectedCallback(): void {
        this.#unmount = load().then((module) => module.mount(this));
        this.#unmount.catch((error: unknown) => this.#confess(error));
      }

      disconnectedCallback(): void {
        this.#unmount?.then((unmount) => unmount()).catch(() => undefined);
      }

      #confess(error: unknown): void {
        console.error(error);
        const sentence = document.createElement("p");
        sentence.className = "notice notice--danger";
        sentence.setAttribute("role", "alert");
        sentence.textContent = t("This part of the page could not be shown. Load the page again.");
        this.append(sentence);
      }
    },
  );
}
