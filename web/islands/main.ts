// What every page loads: the style sheet, htmx, and islands that fetch their weight when they appear.
import "./style/index.css";
import "htmx.org/dist/htmx.esm.js";
import "./feedback";
import { island } from "./island";

island("rf-form", () => import("./form"));
island("rf-diagram", () => import("./diagram"));
