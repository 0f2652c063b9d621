// form-js in the page's language.
import { t } from "../texts";

/** The form-js module that replaces its own translation. */
export const translation = { translate: ["value", t] };
