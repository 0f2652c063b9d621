// One file on its way to the server, with how far it has come.
import { t } from "../texts";

/** What stands for a document in answers, in Camunda 8's shape. */
export interface Reference {
  documentId: string;
  metadata?: { fileName?: string; size?: number };
}

/** Send a file; answer its reference, or the sentence that says why there is none. */
export function send(
  address: string,
  file: File,
  progress: (share: number) => void,
): Promise<Reference | { error: string }> {
  const body = new FormData();
  body.append("file", file);
  const request = new XMLHttpRequest(); // fetch does not tell how far it has come
  request.open("POST", address);
  request.setRequestHeader("Accept", "application/json, application/problem+json");
  request.setRequestHeader("X-CSRF-Token", document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "");
  request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
  return new Promise((resolve) => {
    const fail = (): void => resolve({ error: t("The file did not arrive. Pick it again.") });
    request.addEventListener("error", fail);
    request.addEventListener("load", () => (isJson(request) ? resolve(read(request)) : fail()));
    request.send(body);
  });
}

function isJson(request: XMLHttpRequest): boolean {
  return request.getResponseHeader("Content-Type")?.includes("json") ?? false;
}

function read(request: XMLHttpRequest): Reference | { error: string } {
  const answer = JSON.parse(request.responseText);
  if (request.status === 201) return answer;
  const problems: { message: string }[] = answer.problems ?? [];
  return { error: problems.map(({ message }) => message).join(" ") || answer.detail || answer.title };
}
