// <rf-diagram>: a process diagram to look at, with what is done and where it stands now.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import { t } from "../texts";

const READABLE = 0.7; // of its drawn size
const MARGIN = 24;
const EVENT = 50; // is wider than any event

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Canvas {
  viewbox(): { inner: Box; outer: Box };
  viewbox(box: Box): void;
  zoom(scale?: number | "fit-viewport", center?: "auto"): number;
  addMarker(id: string, marker: string): void;
  resized(): void;
}

interface Overlays {
  add(id: string, overlay: { position: { top: number; left: number }; html: HTMLElement }): string;
}

interface Registry {
  get(id: string): Box | undefined;
}

/**
 * Show the BPMN document at the attribute `src`, fitted to the element.
 *
 * Attributes: `current` and `done` hold element ids, separated by spaces; ids that the diagram lacks are passed over.
 */
export async function mount(element: HTMLElement): Promise<() => void> {
  const place = document.createElement("div");
  place.className = "diagram";
  element.append(place);
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(await source(element.getAttribute("src") ?? ""));
  mark(viewer, ids(element, "done"), "is-done", "✓", t("Done"));
  mark(viewer, ids(element, "current"), "is-current", "▶", t("Now"));
  element.append(buttons(viewer));
  leaveTheWheelToThePage(place);
  const here = innermost(viewer, ids(element, "current"));
  const observer = new ResizeObserver(() => hasRoom(place) && show(viewer, here));
  observer.observe(place);
  element.setAttribute("ready", "");
  return () => {
    observer.disconnect();
    viewer.destroy();
  };
}

/** The smallest of the elements where the process stands: what a subprocess holds is smaller than it. */
function innermost(viewer: NavigatedViewer, current: string[]): string | undefined {
  const registry = viewer.get<Registry>("elementRegistry");
  const area = (id: string): number => {
    const shape = registry.get(id);
    return shape ? shape.width * shape.height : Number.POSITIVE_INFINITY;
  };
  const tasks = current.filter((id) => (registry.get(id)?.width ?? 0) > EVENT);
  return (tasks.length ? tasks : current).sort((one, other) => area(one) - area(other))[0];
}

/** A closed fold has no room, nor has a card while its columns are laid out: what is fitted to nothing has no scale. */
function hasRoom(place: HTMLElement): boolean {
  return place.clientHeight > 0 && place.clientWidth > 0;
}

async function source(address: string): Promise<string> {
  const answer = await fetch(address, { headers: { Accept: "application/xml" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

function ids(element: HTMLElement, attribute: string): string[] {
  return (element.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean);
}

function mark(viewer: NavigatedViewer, elements: string[], marker: string, sign: string, meaning: string): void {
  const canvas = viewer.get<Canvas>("canvas");
  const overlays = viewer.get<Overlays>("overlays");
  const registry = viewer.get<Registry>("elementRegistry");
  for (const id of elements.filter((candidate) => registry.get(candidate))) {
    canvas.addMarker(id, marker);
    const badge = document.createElement("span");
    badge.className = `diagram__badge diagram__badge--${marker}`;
    badge.title = meaning;
    badge.textContent = sign;
    overlays.add(id, { position: { top: -10, left: -10 }, html: badge });
  }
}

/** Show the whole diagram, or where that would be too small to read, the part around the element `here`. */
function show(viewer: NavigatedViewer, here: string | undefined): void {
  fit(viewer);
  const canvas = viewer.get<Canvas>("canvas");
  const element = here ? viewer.get<Registry>("elementRegistry").get(here) : undefined;
  if (!element || canvas.zoom() >= READABLE) return;
  const { inner, outer } = canvas.viewbox();
  const width = outer.width / READABLE;
  const height = outer.height / READABLE;
  const x = start(inner.x, inner.width, element.x + element.width / 2, width);
  const y = start(inner.y, inner.height, element.y + element.height / 2, height);
  canvas.viewbox({ x, y, width, height });
}

/** Where to begin so that `wished` comes to the middle of `room`, yet no more than a margin beyond what is drawn. */
function start(drawn: number, size: number, wished: number, room: number): number {
  if (size + 2 * MARGIN <= room) return drawn + (size - room) / 2;
  return Math.max(drawn - MARGIN, Math.min(wished - room / 2, drawn + size + MARGIN - room));
}

function fit(viewer: NavigatedViewer): void {
  const canvas = viewer.get<Canvas>("canvas");
  canvas.resized();
  canvas.zoom(Math.min(canvas.zoom("fit-viewport", "auto") * 0.92, 1), "auto");
}

function buttons(viewer: NavigatedViewer): HTMLElement {
  const canvas = viewer.get<Canvas>("canvas");
  const bar = document.createElement("div");
  bar.className = "diagram__buttons";
  bar.append(
    button("+", t("Zoom in"), () => canvas.zoom(Math.min(canvas.zoom() * 1.25, 4), "auto")),
    button("−", t("Zoom out"), () => canvas.zoom(Math.max(canvas.zoom() / 1.25, 0.2), "auto")),
    button("⤢", t("Show the whole diagram"), () => fit(viewer)),
  );
  return bar;
}

function button(sign: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "diagram__button";
  made.textContent = sign;
  made.title = label;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

/** Scrolling the page must not stop at a diagram: only with Ctrl held does the wheel zoom. */
function leaveTheWheelToThePage(place: HTMLElement): void {
  const pass = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  };
  place.addEventListener("wheel", pass, { capture: true });
}
