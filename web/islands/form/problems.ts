// The server's verdict at the fields: form-js asks the validator, so the validator repeats what the server said.

/** One thing that the server found wrong; `where` is a field's path, such as `ratings[0].score`. */
export interface Problem {
  message: string;
  where?: string;
}

interface FieldInstance {
  id: string;
  valuePath: (string | number)[];
}

interface Validator {
  validateFieldInstance(field: FieldInstance, value: unknown): string[];
}

interface Registry {
  getAllKeyed(): FieldInstance[];
}

interface Laid {
  value: string | undefined;
  messages: string[];
}

/** The server's problems, each standing at its field until the value there changes. */
export class ServerProblems {
  static readonly $inject = ["validator", "formFieldInstanceRegistry", "form"];
  readonly #laid = new Map<string, Laid>();
  readonly #fields: Registry;
  readonly #form: { _getState(): { data: unknown } };

  constructor(validator: Validator, fields: Registry, form: { _getState(): { data: unknown } }) {
    this.#fields = fields;
    this.#form = form;
    const validate = validator.validateFieldInstance.bind(validator);
    validator.validateFieldInstance = (field, value) => [...validate(field, value), ...this.#at(field, value)];
  }

  /** Lay each problem at its field; answer those that belong to none. */
  lay(problems: Problem[]): Problem[] {
    const values = new Map(this.#fields.getAllKeyed().map((field) => [path(field), this.#value(field)]));
    return problems.filter((problem) => {
      const place = normalised(problem.where ?? "");
      if (!values.has(place)) return true;
      const laid = this.#laid.get(place) ?? { value: values.get(place), messages: [] };
      laid.messages.push(problem.message);
      this.#laid.set(place, laid);
      return false;
    });
  }

  /** Take all problems back; answer whether there were any. */
  withdraw(): boolean {
    const any = this.#laid.size > 0;
    this.#laid.clear();
    return any;
  }

  #at(field: FieldInstance, value: unknown): string[] {
    const laid = this.#laid.get(path(field));
    return laid && laid.value === JSON.stringify(value) ? laid.messages : [];
  }

  #value(field: FieldInstance): string | undefined {
    let value: unknown = this.#form._getState().data;
    for (const step of field.valuePath) value = (value as Record<string, unknown> | undefined)?.[step];
    return JSON.stringify(value);
  }
}

function path(field: FieldInstance): string {
  return field.valuePath.join(".");
}

function normalised(where: string): string {
  return where.replace(/\[(\d+)\]/g, ".$1").replace(/^variables\./, "");
}

/** The form-js module that adds it. */
export const serverProblems = {
  __init__: ["serverProblems"],
  serverProblems: ["type", ServerProblems],
};
