// File fields: a file goes to the server as soon as it is picked, and the answer is the list of references to it.
import * as formJs from "@bpmn-io/form-js-viewer";
import { type ComponentChildren, type FunctionComponent, h } from "preact";
import { useContext, useRef, useState } from "preact/hooks";
import { language, t } from "../texts";
import { send, type Reference } from "./upload";

interface Field {
  label?: string;
  accept?: string;
  multiple?: boolean | string;
  dataSource?: string;
  validate?: { required?: boolean };
}

interface Properties {
  field: Field;
  domId: string;
  value?: Reference[] | null;
  errors?: string[];
  disabled?: boolean;
  readonly?: boolean;
  onChange(change: { value: Reference[] | null }): void;
}

const Label = formJs.Label as FunctionComponent<{ htmlFor: string; label?: string; required?: boolean }>;
const Errors = formJs.Errors as FunctionComponent<{ id: string; errors: string[] }>;

/** A file on its way, or one that did not arrive. */
interface Parcel {
  name: string;
  share: number;
  error?: string;
}

/** The files on their way: the form is not submitted before they have arrived. */
export class Uploads {
  pending = 0;
  constructor(readonly address: string) {}
}

function useUploads(): Uploads {
  return useContext(formJs.FormContext).getService("uploads") as Uploads;
}

function Picker({ field, domId, value, errors = [], disabled, readonly, onChange }: Properties): ComponentChildren {
  const uploads = useUploads();
  const accept = formJs.useSingleLineTemplateEvaluation(field.accept ?? "") as string | undefined;
  const several = formJs.useExpressionEvaluation(field.multiple) === true || field.multiple === true;
  const held = useRef<Reference[]>([]);
  held.current = Array.isArray(value) ? value : [];
  const [parcels, setParcels] = useState<Parcel[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const shut = disabled || readonly;
  const hold = (files: Reference[]): void => {
    held.current = files;
    onChange({ value: files.length > 0 ? files : null });
  };
  const take = async (file: File): Promise<void> => {
    const parcel: Parcel = { name: file.name, share: 0 };
    const say = (more: Partial<Parcel>): void => {
      Object.assign(parcel, more);
      setParcels((before) => [...before]);
    };
    setParcels((before) => [...before, parcel]);
    uploads.pending += 1;
    const arrival = await send(uploads.address, file, (share) => say({ share }));
    uploads.pending -= 1;
    if ("error" in arrival) return say(arrival);
    setParcels((before) => before.filter((one) => one !== parcel));
    hold(several ? [...held.current, arrival] : [arrival]);
  };
  const pick = (): void => {
    const files = Array.from(input.current?.files ?? []);
    if (input.current) input.current.value = "";
    setParcels((before) => before.filter((one) => !one.error));
    for (const file of files) void take(file);
  };
  const wrong = errors.length > 0;
  return h("div", { class: `fjs-form-field fjs-form-field-filepicker${wrong ? " fjs-has-errors" : ""}` }, [
    h(Label, { htmlFor: domId, label: field.label, required: field.validate?.required }),
    shut && held.current.length === 0 ? h("p", { class: "quiet" }, t("No file")) : null,
    h("ul", { class: "files" }, [
      ...held.current.map((one) => h(Held, { one, remove: shut ? undefined : () => hold(without(held.current, one)) })),
      ...parcels.map((parcel) => h(OnItsWay, { parcel })),
    ]),
    h("input", {
      ref: input,
      id: domId,
      type: "file",
      class: "files__input",
      accept: accept || undefined,
      multiple: several,
      disabled: shut,
      hidden: shut,
      onChange: pick,
      "aria-invalid": wrong,
    }),
    h(Errors, { id: `${domId}-error-message`, errors }),
  ]);
}

function Preview({ field, domId }: Properties): ComponentChildren {
  const found = formJs.useExpressionEvaluation(field.dataSource ?? "") as unknown;
  const files = Array.isArray(found) ? (found as Reference[]) : [];
  return h("div", { class: "fjs-form-field fjs-form-field-documentPreview" }, [
    h(Label, { htmlFor: domId, label: field.label }),
    h("ul", { class: "files", id: domId }, files.map((one) => h(Held, { one }))),
  ]);
}

function Held({ one, remove }: { one: Reference; remove?: () => void }): ComponentChildren {
  const { address } = useUploads();
  const name = one.metadata?.fileName ?? one.documentId;
  return h("li", { class: "files__line" }, [
    h("a", { href: `${address}/${encodeURIComponent(one.documentId)}` }, name),
    " ",
    h("span", { class: "quiet" }, written(one.metadata?.size ?? 0)),
    remove &&
      h(
        "button",
        { type: "button", class: "button button--small", onClick: remove, "aria-label": t("Remove {name}", { name }) },
        t("Remove"),
      ),
  ]);
}

function OnItsWay({ parcel }: { parcel: Parcel }): ComponentChildren {
  const label = t("Uploading {name}", { name: parcel.name });
  return h("li", { class: "files__line" }, [
    parcel.name,
    " ",
    parcel.error
      ? h("span", { role: "alert", class: "files__error" }, parcel.error)
      : h("progress", { max: 1, value: parcel.share, "aria-label": label }),
  ]);
}

function without(files: Reference[], gone: Reference): Reference[] {
  return files.filter((one) => one.documentId !== gone.documentId);
}

function written(bytes: number): string {
  const [unit, size] = bytes < 1_000_000 ? ["kilobyte", bytes / 1_000] : ["megabyte", bytes / 1_000_000];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(size);
}

class FileFields {
  static readonly $inject = ["formFields"];

  constructor(formFields: { register(type: string, component: unknown): void }) {
    formFields.register("filepicker", Object.assign(Picker, { config: formJs.FilePicker.config }));
    formFields.register("documentPreview", Object.assign(Preview, { config: formJs.DocumentPreview.config }));
  }
}

/** The form-js module that replaces its own file fields; `address` takes and hands out documents. */
export function files(address: string): object {
  return {
    __init__: ["fileFields"],
    fileFields: ["type", FileFields],
    uploads: ["value", new Uploads(address)],
  };
}
