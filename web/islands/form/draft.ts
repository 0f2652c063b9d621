// What is being typed, kept in this browser until it is submitted.

type Answers = Record<string, unknown>;

interface Kept {
  at: string;
  answers: Answers;
}

const DAYS_KEPT = 30;
const PREFIX = "reviewflow:draft:";

/** Forget everything that somebody typed in this browser and did not submit. */
export function forgetDraftsOf(username: string): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`${PREFIX}${username}:`)) localStorage.removeItem(key);
  }
}

/** One form's unsent answers, under a name that holds the person and the task. */
export class Draft {
  readonly #key: string | null;

  constructor(name: string | null) {
    this.#key = name && `${PREFIX}${name}`;
  }

  read(): Kept | undefined {
    const text = this.#key && localStorage.getItem(this.#key);
    if (!text) return undefined;
    const kept: Kept = JSON.parse(text);
    if (Date.now() - Date.parse(kept.at) < DAYS_KEPT * 86_400_000) return kept;
    this.forget();
    return undefined;
  }

  write(answers: Answers): void {
    if (this.#key) localStorage.setItem(this.#key, JSON.stringify({ at: new Date().toISOString(), answers }));
  }

  forget(): void {
    if (this.#key) localStorage.removeItem(this.#key);
  }
}
