// What every page loads: the style sheet, htmx, and islands that fetch their weight when they appear.
import "./style/index.css";
import "htmx.org/dist/htmx.esm.js";
import "./feedback";
import "./session";
import { island } from "./island";

island("rf-form", () => import("./form"));
island("rf-diagram", () => import("./diagram"));

// On a phone the entries of the navigation are a row that scrolls: the page that is open is among those seen.
const here = document.querySelector<HTMLElement>(".topbar__nav [aria-current]");
if (here?.parentElement) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 16;
