// What htmx leaves open: say when the server cannot be reached, keep a button from being pressed twice, and leave
// nothing typed behind when somebody logs out.
import { forgetDraftsOf } from "./form/draft";
import { t } from "./texts";

document.addEventListener("htmx:error", () => {
  const place = document.getElementById("announcements");
  if (place) place.textContent = t("The server cannot be reached. Nothing was changed.");
});

// A second click on what htmx has sent is dropped, also in the moment before the page is left.
document.addEventListener("htmx:config:request", (event) => {
  const form = sender(event);
  if (!form) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

document.addEventListener("htmx:finally:request", (event) => {
  const form = sender(event);
  if (form && !(event as HtmxEvent).detail.ctx.hx?.redirect) delete form.dataset.sent;
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return; // htmx sends it
  if (!(form instanceof HTMLFormElement) || !form.matches("form[method=post]")) return;
  if (form.dataset.forgetsDraftsOf) forgetDraftsOf(form.dataset.forgetsDraftsOf);
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
});

type HtmxEvent = CustomEvent<{ ctx: { sourceElement: Element; request: { method: string }; hx?: { redirect?: string } } }>;

/** The form that htmx sends, where it changes something. */
function sender(event: Event): HTMLFormElement | undefined {
  const { sourceElement, request } = (event as HtmxEvent).detail.ctx;
  return sourceElement instanceof HTMLFormElement && request.method === "POST" ? sourceElement : undefined;
}
