// A page outlives its session: whoever logs in again, in another tab, sends from this one what was typed here.
import { t } from "./texts";

const EXPIRED = "[data-session-expired]";

document.addEventListener("htmx:after:swap", () => {
  if (document.querySelector(EXPIRED)) void renew();
});

window.addEventListener("focus", () => {
  if (document.querySelector(EXPIRED)) void renew();
});

/** Take over the token of the session that there is now, if it is the same person's; whether it is. */
export async function renew(): Promise<boolean> {
  const address = tokenOf(document)?.dataset.login;
  if (!address) return false;
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => undefined);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = tokenOf(page)?.content;
  if (!token || !visitorOf(page) || visitorOf(page) !== visitorOf(document)) return false;
  spread(token);
  for (const place of document.querySelectorAll(EXPIRED)) {
    place.textContent = t("You are logged in again. Nothing was lost: send it once more.");
    place.removeAttribute("data-session-expired");
  }
  return true;
}

function spread(token: string): void {
  const own = tokenOf(document);
  if (own) own.content = token;
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrf_token]")) field.value = token;
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRF-Token": token }));
}

function tokenOf(page: Document): HTMLMetaElement | null {
  return page.querySelector<HTMLMetaElement>("meta[name=csrf-token]");
}

function visitorOf(page: Document): string | undefined {
  return page.querySelector<HTMLElement>("[data-visitor]")?.dataset.visitor;
}
