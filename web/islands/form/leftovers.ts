// The few words that form-js 2.0.0 does not ask its translation for.
import { t } from "../texts";

/** Say them in the page's language, now and whenever form-js draws a field again. */
export function translateLeftovers(form: HTMLElement): () => void {
  const words: Record<string, string> = { Search: t("Search"), Select: t("Select"), Browse: t("Browse") };
  const say = (): void => {
    for (const input of form.querySelectorAll("input[placeholder]")) {
      const word = words[input.getAttribute("placeholder") ?? ""];
      if (word && word !== input.getAttribute("placeholder")) input.setAttribute("placeholder", word);
    }
    for (const text of form.querySelectorAll(".fjs-select-placeholder span, .fjs-filepicker-container button")) {
      const word = words[text.textContent ?? ""];
      if (word && word !== text.textContent && text.firstChild) text.firstChild.nodeValue = word;
    }
  };
  const observer = new MutationObserver(say);
  observer.observe(form, { childList: true, subtree: true });
  say();
  return () => observer.disconnect();
}
