// The islands' sentences in the page's language. English is the source; the page brings the translations along.

const translations: Record<string, string> = JSON.parse(document.getElementById("rf-texts")?.textContent ?? "{}");

/** The sentence in the page's language, with `{name}` replaced. */
export function t(sentence: string, replacements: Record<string, unknown> = {}): string {
  return (translations[sentence] ?? sentence).replace(/\{([^}]+)\}/g, (whole, name: string) =>
    name in replacements ? String(replacements[name]) : whole,
  );
}

/** The page's language as a BCP 47 tag. */
export const language = document.documentElement.lang || "en";
