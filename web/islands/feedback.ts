// What htmx leaves open: say when the server cannot be reached, keep a button from being pressed twice, and leave
// nothing typed behind when somebody logs out.
import { forgetDraftsOf } from "./form/draft";
import { t } from "./texts";

document.addEventListener("htmx:error", () => {
  const place = document.getElementById("announcements");
  if (place) place.textContent = t("The server cannot be reached. Nothing was changed.");
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
