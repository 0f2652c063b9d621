// The sentences above a form: a draft came back, something is missing, the server refused.
import { language, t } from "../texts";
import type { Problem } from "./problems";

/** The place for notices at the head of a form. */
export class Notices {
  readonly #place = document.createElement("div");
  readonly #form: HTMLElement;

  constructor(form: HTMLElement) {
    this.#form = form;
    this.#place.className = "form-notices";
    form.prepend(this.#place);
  }

  clear(): void {
    this.#place.replaceChildren();
  }

  draftRestored(at: string, startAfresh: () => void): void {
    const when = new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
    const notice = this.#say("notice", "status", t("What you typed on {when} was restored.", { when }));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = t("Start afresh");
    button.addEventListener("click", () => {
      startAfresh();
      this.clear();
    });
    notice.append(" ", button);
  }

  incomplete(): void {
    this.#say("notice notice--danger", "alert", t("Some answers are missing or wrong. They are marked below."));
    this.#form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }

  refused(sentence: string, problems: Problem[]): void {
    const notice = this.#say("notice notice--danger", "alert", sentence);
    if (problems.length > 0) {
      const list = document.createElement("ul");
      for (const problem of problems) list.append(item(problem));
      notice.append(list);
    }
    notice.tabIndex = -1;
    notice.focus();
  }

  #say(className: string, role: string, sentence: string): HTMLElement {
    const notice = document.createElement("div");
    notice.className = className;
    notice.setAttribute("role", role);
    notice.textContent = sentence;
    this.#place.replaceChildren(notice);
    return notice;
  }
}

function item(problem: Problem): HTMLLIElement {
  const line = document.createElement("li");
  line.textContent = problem.where ? `${problem.where}: ${problem.message}` : problem.message;
  return line;
}
