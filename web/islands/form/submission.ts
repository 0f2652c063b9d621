// Sending the answers: the same answers sent twice are the same request, so a retry can never count twice.
import { renew } from "../session";
import { t } from "../texts";
import type { Problem } from "./problems";

type Verdict = { accepted: true; location: string } | { accepted: false; sentence: string; problems: Problem[] };

/** The answers on their way to `action`. */
export class Submission {
  readonly #action: string;
  #body = "";
  #key = "";

  constructor(action: string) {
    this.#action = action;
  }

  async send(variables: object): Promise<Verdict> {
    const body = JSON.stringify({ variables });
    if (body !== this.#body) {
      this.#body = body;
      this.#key = newKey();
    }
    let answer: Response;
    try {
      answer = await this.#post(body);
      if (answer.status === 403 && (await renew())) answer = await this.#post(body);
    } catch {
      return refused(t("The server cannot be reached. What you typed is kept here; submit again later."));
    }
    return answer.ok ? await accepted(answer) : await reasons(answer);
  }

  #post(body: string): Promise<Response> {
    return fetch(this.#action, { method: "POST", body, headers: this.#headers() });
  }

  #headers(): Record<string, string> {
    return {
      Accept: "application/json, application/problem+json",
      "Content-Type": "application/json",
      "Idempotency-Key": this.#key,
      "X-CSRF-Token": document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "",
    };
  }
}

async function accepted(answer: Response): Promise<Verdict> {
  const { location } = await answer.json();
  return { accepted: true, location };
}

async function reasons(answer: Response): Promise<Verdict> {
  if (answer.status === 401) {
    return refused(t("You are no longer logged in. What you typed is kept here; log in and open the task again."));
  }
  if (!answer.headers.get("Content-Type")?.includes("json")) {
    return refused(t("The server could not take the answers. What you typed is kept here."));
  }
  const { detail, title, problems } = await answer.json();
  return refused(detail ?? title, problems);
}

function refused(sentence: string, problems: Problem[] = []): Verdict {
  return { accepted: false, sentence, problems };
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
