// <rf-form>: a task's form. What was typed survives a refusal, a lost connection and a closed window.
import { Form } from "@bpmn-io/form-js-viewer";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "./form.css";
import { t } from "../texts";
import { Draft } from "./draft";
import { files, type Uploads } from "./files";
import { Keeper } from "./keeper";
import { translateLeftovers } from "./leftovers";
import { Notices } from "./notices";
import { serverProblems, ServerProblems } from "./problems";
import { Submission } from "./submission";
import { translation } from "./translation";

type Answers = Record<string, unknown>;

/** A part of a form-js schema, the whole of it included. */
interface Component {
  type?: string;
  disableCollapse?: boolean;
  components?: Component[];
}

/** What the page hands over in the element's script tag. */
interface Contents {
  schema: Component;
  variables: Answers;
}

/**
 * Show the form that the element's script tag holds.
 *
 * Attributes: `action` takes the answers (POST, JSON `{variables}`); `draft` names the browser's copy of what is being
 * typed; `keep` takes it too, on the server; `documents` takes and hands out files; `readonly` shows without asking. The element's `<button type="submit">` submits.
 */
export async function mount(element: HTMLElement): Promise<() => void> {
  const contents: Contents = JSON.parse(element.querySelector("script[type='application/json']")?.textContent ?? "{}");
  unfold(contents.schema);
  const draft = new Draft(element.getAttribute("draft"));
  const form = await open(element, contents, draft);
  const notices = new Notices(element);
  const rest = translateLeftovers(element);
  const unmount = (): void => {
    rest();
    form.destroy();
  };
  if (element.hasAttribute("readonly")) return unmount;

  const kept = draft.read();
  if (kept) notices.draftRestored(kept.at, () => startAfresh(form, contents, draft));
  const keeper = new Keeper(element.getAttribute("keep"));
  form.on("field.updated", () =>
    queueMicrotask(() => {
      draft.write(form._getState().data);
      keeper.keep(form._getState().data);
    }),
  );
  const submit = submitting(element, form, draft, notices);
  form.on("submit", async (sent: { data: Answers; errors: object }) => {
    keeper.stop();
    if (!(await submit(sent))) keeper.keep(sent.data); // somebody else may have been faster: the text stays as a note
  });
  const button = element.querySelector<HTMLButtonElement>("button[type=submit]");
  button?.addEventListener("click", () => form.submit());
  return unmount;
}

/** Show every row of a list: form-js folds from the sixth on, and a folded row that must be filled in is not seen. */
function unfold(component: Component): void {
  if (component.type === "dynamiclist") component.disableCollapse = true;
  for (const part of component.components ?? []) unfold(part);
}

async function open(element: HTMLElement, contents: Contents, draft: Draft): Promise<Form> {
  const readOnly = element.hasAttribute("readonly");
  const place = element.querySelector<HTMLElement>("[data-form]") ?? element;
  const options = {
    container: place,
    debounce: false, // form-js loses letters when it waits
    properties: { readOnly },
    additionalModules: [translation, serverProblems, files(element.getAttribute("documents") ?? "")],
  };
  const form = new Form(options);
  await form.importSchema(contents.schema, { ...contents.variables, ...(readOnly ? {} : draft.read()?.answers) });
  element.setAttribute("ready", "");
  return form;
}

async function startAfresh(form: Form, contents: Contents, draft: Draft): Promise<void> {
  draft.forget();
  await form.importSchema(contents.schema, contents.variables);
}

/** Answers what to do when the form was asked to be submitted; it tells whether nothing is left to be kept. */
function submitting(element: HTMLElement, form: Form, draft: Draft, notices: Notices) {
  const problems: ServerProblems = form.get("serverProblems");
  const uploads: Uploads = form.get("uploads");
  const submission = new Submission(element.getAttribute("action") ?? location.href);
  let busy = false;
  return async ({ data, errors }: { data: Answers; errors: object }): Promise<boolean> => {
    if (busy) return true;
    if (uploads.pending > 0) {
      notices.refused(t("A file is still on its way. Submit once it has arrived."), []);
      return false;
    }
    if (problems.withdraw()) errors = form.validate();
    notices.clear();
    if (Object.keys(errors).length > 0) {
      notices.incomplete();
      return false;
    }
    busy = true;
    element.setAttribute("aria-busy", "true");
    const verdict = await submission.send(data);
    element.removeAttribute("aria-busy");
    busy = false;
    if (verdict.accepted) {
      draft.forget();
      location.assign(verdict.location);
      return true;
    }
    const elsewhere = problems.lay(verdict.problems);
    form.validate();
    notices.refused(verdict.sentence || t("The answers were refused."), elsewhere);
    return false;
  };
}
